// The entry of the card of a lesson (lazyrich/web/components/lesson_card.py).

import { LessonView } from "../lesson/lesson_view.js";
import { createMount } from "./mounting.js";

export const mount = createMount((parent) => new LessonView(parent));
