import type { AskedTime } from "../facts/asked-time.ts";

/** How near a day is to the span: 1 inside or a day beside it, falling to 0 at three weeks. */
export function nearness(day: number, asked: AskedTime): number {
  const gap = day < asked.from ? asked.from - day : day > asked.to ? day - asked.to : 0;
  return gap <= 1 ? 1 : gap <= 7 ? 0.6 : gap <= 20 ? 0.2 : 0;
}
