import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { occurrences, type ServerHoldings } from "../server-watch/server-holdings.ts";
import { count, formatBytes } from "./words.ts";

/** Two or three bytes stand in any ciphertext sooner or later. */
const SHORTEST = 4;

/** Looks for a word of one's own in the server's bytes. */
export function WordSearch({ holdings }: { readonly holdings: ServerHoldings }): JSX.Element {
  const [word, setWord] = useState("");
  const wanted = word.trim();
  const bytes = holdings.rows.reduce((sum, row) => sum + row.bytes.length, 0);
  const found = wanted.length < SHORTEST ? null : occurrences(holdings, wanted);
  return (
    <div class="word-search">
      <label class="field">
        <span>Look for a word of yours in these bytes</span>
        <input
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder="A word of a memory"
          value={word}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
      </label>
      <p class="small" role="status">
        {wanted !== "" &&
          (found === null
            ? `At least ${SHORTEST} letters.`
            : found === 0
              ? `“${wanted}” is nowhere in ${formatBytes(bytes)} of ${count(holdings.rows.length, "row")}.`
              : `“${wanted}” stands there ${count(found, "time")}.`)}
      </p>
    </div>
  );
}
