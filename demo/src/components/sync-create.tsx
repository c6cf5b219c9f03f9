import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { StepHead } from "./step-head.tsx";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { count } from "./words.ts";

type Made = Awaited<ReturnType<ReturnType<typeof useApp>["memory"]["sync"]["create"]>>;

/** Shares this vault: the words are shown, then asked for, and only then is anything sent. */
export function SyncCreate(): JSX.Element {
  const { memory, devices } = useApp();
  const [invite, setInvite] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const task = useTask();
  const make = (): Promise<boolean> =>
    task.run(async () => {
      const word = invite.trim();
      const url = devices.server.value.trim();
      setMade(await memory.sync.create({ url, ...(word !== "" && { invite: word }) }));
    });
  if (made !== null) return <Words made={made} onCancel={() => setMade(null)} />;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <p>
        This device makes a key that only you get, as twelve words. Nothing is sent before you have
        written them down.
      </p>
      <label class="field">
        <span>
          Invitation <span class="muted">(only if the server asks for one)</span>
        </span>
        <input
          type="text"
          autocomplete="off"
          spellcheck={false}
          value={invite}
          onInput={(event) => setInvite(event.currentTarget.value)}
        />
      </label>
      <SyncProblem error={task.error} />
      <div class="row">
        <button type="submit" class="button button-primary" disabled={task.busy}>
          {task.busy ? "Making the words…" : "Make the recovery words"}
        </button>
      </div>
    </form>
  );
}

function Words(props: { readonly made: Made; readonly onCancel: () => void }): JSX.Element {
  const [written, setWritten] = useState(false);
  const words = props.made.phrase.split(" ");
  if (written) return <Confirm made={props.made} words={words} onBack={() => setWritten(false)} />;
  return (
    <div class="panel">
      <StepHead>Write down these {words.length} words, in this order</StepHead>
      <ol class="words" translate={false}>
        {words.map((word, at) => (
          <li key={at}>{word}</li>
        ))}
      </ol>
      <p>
        They open the vault when all your devices are lost, and for whoever else has them. They are
        shown this once and stored nowhere: paper is better than a screenshot.
      </p>
      <div class="row">
        <button type="button" class="button button-primary" onClick={() => setWritten(true)}>
          I have written them down
        </button>
        <button type="button" class="button" onClick={props.onCancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}

function Confirm(props: {
  readonly made: Made;
  readonly words: readonly string[];
  readonly onBack: () => void;
}): JSX.Element {
  const { notices } = useApp();
  const asked = useRef<readonly number[]>(undefined);
  asked.current ??= threeOf(props.words.length);
  const places = asked.current;
  const [typed, setTyped] = useState<readonly string[]>(places.map(() => ""));
  const [wrong, setWrong] = useState<number | null>(null);
  const task = useTask();
  const check = async (): Promise<void> => {
    const words = typed.map((word) => word.trim().toLowerCase());
    const at = words.findIndex((word, index) => word !== props.words[places[index] ?? 0]);
    setWrong(at < 0 ? null : at);
    if (at >= 0) return;
    if (await task.run(() => props.made.confirm(words))) notices.tell("Sync is on.");
  };
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      <StepHead>Type {count(places.length, "word")} from your paper</StepHead>
      {places.map((place, index) => (
        <label key={place} class="field">
          <span>Word {place + 1}</span>
          <input
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
            value={typed[index] ?? ""}
            aria-invalid={wrong === index}
            onInput={(event) => setTyped(typed.with(index, event.currentTarget.value))}
          />
        </label>
      ))}
      {wrong !== null && (
        <p class="problem-line" role="alert">
          Word {(places[wrong] ?? 0) + 1} is another one. Nothing was sent. Look at the words again
          if you are not sure of your paper.
        </p>
      )}
      <SyncProblem error={task.error} />
      <div class="row">
        <button type="submit" class="button button-primary" disabled={task.busy}>
          {task.busy ? "Turning sync on…" : "Turn sync on"}
        </button>
        <button type="button" class="button" onClick={props.onBack}>
          Show the words again
        </button>
      </div>
    </form>
  );
}

/** Three different places in their order, by chance. */
function threeOf(length: number): readonly number[] {
  const places = Array.from({ length }, (_, at) => at);
  const drawn = crypto.getRandomValues(new Uint32Array(length));
  return places
    .toSorted((a, b) => (drawn[a] ?? 0) - (drawn[b] ?? 0))
    .slice(0, 3)
    .toSorted((a, b) => a - b);
}
