// The entry of the card of a lesson (lazyrich/web/components/lesson_card.py).

import { LessonView } from "../lesson/lesson_view.js";
import { mounting } from "./mounting.js";

export const mount = mounting((parent) => new LessonView(parent));
