import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { explain } from "../state/explain.ts";
import type { TwinDevice } from "../state/twin-device.ts";
import type { Twins } from "../state/twins.ts";
import { Switch } from "./choice.tsx";
import { Icon } from "./icons.tsx";
import { TwinMemory } from "./twin-memory.tsx";
import { count } from "./words.ts";

/** One of the two devices: its network, its memories, and what can be done with them. */
export function TwinCard(props: {
  readonly twins: Twins;
  readonly device: TwinDevice;
}): JSX.Element {
  const { twins, device } = props;
  const titleId = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const plugged = device.watch.isPlugged.value;
  const lines = device.lines.value;
  const run = (work: Promise<void>): Promise<void> =>
    work.then(
      () => setProblem(null),
      (error: unknown) => setProblem(explain(error).text),
    );
  return (
    <section
      class="twin"
      data-plugged={plugged}
      data-device={device.name}
      aria-labelledby={titleId}
    >
      <header class="twin-head">
        <Icon name={device.name === "Laptop" ? "laptop" : "phone"} />
        <div>
          <h2 id={titleId}>{device.name}</h2>
          <p class="muted small">
            {device.deviceId.value === null ? (
              "A vault and keys of its own"
            ) : (
              <>
                device <code>{device.deviceId.value.slice(0, 6)}</code>
              </>
            )}
          </p>
        </div>
        <Switch
          label="Network"
          name={`Network of the ${device.name.toLowerCase()}`}
          checked={plugged}
          onChange={(on) => twins.setNetwork(device, on)}
        />
      </header>
      <p class="twin-state" data-state={plugged ? device.status.value.state : "unplugged"}>
        <span class="twin-light" aria-hidden="true" />
        {stateOf(device)}
      </p>
      {problem !== null && (
        <p class="problem-line" role="alert">
          {problem}
        </p>
      )}
      <ul class="twin-list" aria-label={`Memories on the ${device.name.toLowerCase()}`}>
        {(lines ?? []).map((line) => (
          <TwinMemory
            key={line.record.id}
            line={line}
            fresh={device.arrived.value.has(line.record.id)}
            onEdit={(text) => run(twins.edit(device, line.record.id, text))}
            onForget={() => void run(device.forget(line.record.id))}
          />
        ))}
      </ul>
      {lines?.length === 0 && <p class="muted">Nothing remembered yet.</p>}
      <AddLine device={device} onAdd={(text) => run(device.add(text))} />
    </section>
  );
}

function AddLine(props: {
  readonly device: TwinDevice;
  readonly onAdd: (text: string) => Promise<void>;
}): JSX.Element {
  const [text, setText] = useState("");
  return (
    <form
      class="twin-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") return;
        void props.onAdd(text.trim());
        setText("");
      }}
    >
      <label>
        <span class="visually-hidden">A new memory on the {props.device.name.toLowerCase()}</span>
        <input
          type="text"
          autocomplete="off"
          placeholder="Something to remember"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={text.trim() === ""}>
        Add
      </button>
    </form>
  );
}

function stateOf({ watch, status }: TwinDevice): string {
  const { state, pending, problem } = status.value;
  const waiting = pending === null || pending === 0 ? "" : `, ${count(pending, "change")} to send`;
  if (!watch.isPlugged.value) return `Offline${waiting}`;
  if (state === "stopped") return problem?.message ?? "Sync has stopped";
  if (state === "offline") return `No answer from the server${waiting}`;
  if (state === "off" || state === "unavailable") return "Not linked yet";
  return waiting === "" ? "Online, in step" : `Online${waiting}`;
}
