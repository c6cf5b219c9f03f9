export { startBest, takeBest } from "./best-rows";
export { listRows } from "./filters";
export { scanInt8, scoreInt8, sumRows } from "./products";
export { quantizeBits, quantizeInt8 } from "./quantize";
export { compareBits, scanBits, startNearest, takeNearest } from "./signatures";
