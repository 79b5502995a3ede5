// The entry of the map that is a control (lazyrich/web/picker.py).

import { mounting } from "./mounting.js";
import { PickerView } from "./picker_view.js";

export const mount = mounting((parent) => new PickerView(parent));
