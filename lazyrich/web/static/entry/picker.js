// Entry of the map as a control (lazyrich/web/components/map_picker.py).

import { PickerView } from "../picker/picker_view.js";
import { createMount } from "./mounting.js";

export const mount = createMount((parent) => new PickerView(parent));
