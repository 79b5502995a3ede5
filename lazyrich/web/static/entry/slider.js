// The entry of the slider (lazyrich/web/components/slider.py).

import { SliderView } from "../slider/slider_view.js";
import { createMount } from "./mounting.js";

export const mount = createMount((parent) => new SliderView(parent));
