// The entry of the slider (lazyrich/web/components/slider.py).

import { SliderView } from "../slider/slider_view.js";
import { mounting } from "./mounting.js";

export const mount = mounting((parent) => new SliderView(parent));
