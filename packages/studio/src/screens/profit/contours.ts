export { contour, roundSteps, type Stretch } from "../../draw/contours.ts";
