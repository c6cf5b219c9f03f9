import memoryWorker from "@alcove/sdk/worker?worker&url";
import { createWatchedFetch } from "./watch-fetch.ts";
import { watchChannelName, type WatchMessage } from "./watch-messages.ts";

/**
 * The SDK's worker, with this page's eye and switch on its network. The fetch is replaced before the SDK's own script runs, so there
 * is no request that it does not see, and none that gets past the switch.
 */
const channel = new BroadcastChannel(watchChannelName(self.name));
const tell = (message: WatchMessage): void => channel.postMessage(message);
const watched = createWatchedFetch({
  fetch: self.fetch.bind(self),
  tell: (call) => tell({ type: "wire", call }),
  now: Date.now,
  randomId: () => crypto.randomUUID(),
});
self.fetch = watched.fetch;

channel.addEventListener("message", ({ data }: MessageEvent<WatchMessage>) => {
  if (data.type === "watch") watched.watch();
  if (data.type === "look")
    void watched.look().then((answer) => tell({ type: "looked", id: data.id, answer }));
  if (data.type === "network") {
    watched.setNetwork(data.on);
    // As a browser does when the machine is on a network again, and loses it.
    self.dispatchEvent(new Event(data.on ? "online" : "offline"));
  }
});
tell({ type: "here" });

// Nothing is lost meanwhile: the page waits for a word of the SDK's script before it says anything.
// A script that does not load has to end as an error of this worker, or the SDK would wait for its word.
import(/* @vite-ignore */ memoryWorker).catch((error: unknown) => self.reportError(error));
