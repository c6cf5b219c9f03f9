import type { JSX } from "preact";

const SEES: readonly string[] = [
  "How many devices there are, their public keys, and on which days each was here. It stores days, not times.",
  "How many sealed rows there are, which one replaced which, and when something changed.",
  "How large they are, in a few fixed steps.",
  "Your IP addresses and the times of requests, as any server does.",
];

const SEES_NOT: readonly string[] = [
  "Memories, chats, their vectors, names of devices, scopes, tags: all of it is sealed on your device.",
  "Your recovery words, or any key that opens something.",
  "Who you are: there is no account.",
];

/** What a curious server learns, and what it does not. */
export function ServerView(): JSX.Element {
  return (
    <>
      <div class="server-view">
        <div class="stack">
          <h3>It sees</h3>
          <ul>
            {SEES.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
        <div class="stack">
          <h3>It does not see</h3>
          <ul>
            {SEES_NOT.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      </div>
      <p>
        It cannot forge a memory or swap one for another. If it shows an older state or two
        different ones, your devices notice when they have seen more, and sync stops. It can refuse
        to answer, and it can lose everything: then a device fills it anew.
      </p>
      <p>
        Sync does not protect a device that is taken while it is unlocked, and it does not encrypt
        the vault on this device’s disk.
      </p>
    </>
  );
}
