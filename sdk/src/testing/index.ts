export { createFakeClock, type FakeClock } from "./fake-clock.ts";
export { createTestMemory } from "./test-memory.ts";
