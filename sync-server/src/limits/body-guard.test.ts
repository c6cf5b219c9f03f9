import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { WireProblem } from "@alcove/sdk/wire";
import { guardBody } from "./body-guard.ts";

/** What the guard says of a body that is sent byte by byte. */
async function refusalOf(body: { everyMs: number; bytes: number; minRate: number }) {
  const refused = Promise.withResolvers<WireProblem | "whole">();
  const server = createServer((request, response) => {
    const limits = { maxBodyBytes: 1_000, minUploadBytesPerSecond: body.minRate };
    guardBody(request, limits, refused.resolve, 50);
    request.once("end", () => refused.resolve("whole"));
    response.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1", () => {
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.bytes}\r\n\r\n`);
  });
  socket.on("error", () => undefined);
  let sent = 0;
  const drip = setInterval(() => {
    if (sent++ < body.bytes) socket.write("x");
  }, body.everyMs);
  const found = await refused.promise;
  clearInterval(drip);
  socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return found;
}

test("a body that comes by the drop is refused", async () => {
  expect(await refusalOf({ everyMs: 20, bytes: 500, minRate: 4_096 })).toEqual({
    code: "busy",
    retryAfterMs: 1_000,
  });
});

test("one that keeps the pace is taken, however long it takes", async () => {
  expect(await refusalOf({ everyMs: 5, bytes: 40, minRate: 1 })).toBe("whole");
});
