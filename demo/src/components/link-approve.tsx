import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LinkApproval } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { StepHead } from "./step-head.tsx";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";

/** On a device that has the vault: lets another one in, by its code and its digits. */
export function LinkApprove(): JSX.Element {
  const { memory, devices, notices } = useApp();
  const [code, setCode] = useState("");
  const [digits, setDigits] = useState("");
  const [approval, setApproval] = useState<LinkApproval | null>(null);
  const open = useRef<LinkApproval | null>(null);
  const task = useTask();
  const show = (next: LinkApproval | null): void => {
    open.current = next;
    setApproval(next);
    setDigits("");
  };
  useEffect(() => () => void open.current?.decline().catch(() => undefined), []);
  const find = (): Promise<boolean> =>
    task.run(async () => {
      show(await memory.sync.link.approve(code.trim()));
      setCode("");
    });
  const letIn = async (asked: LinkApproval): Promise<void> => {
    const done = await task.run(() =>
      asked.confirm(asked.method === "code" ? digits.replaceAll(/\D/gu, "") : undefined),
    );
    // Digits that were wrong end the link: there is nothing left to decline.
    show(null);
    if (!done) return;
    notices.tell(`The device was let in. It shows ${asked.fingerprint} for the same vault.`, {
      lasts: 15_000,
    });
    await devices.refresh();
  };
  const decline = (asked: LinkApproval): void => {
    show(null);
    void task.run(() => asked.decline());
  };
  if (approval === null)
    return (
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void find();
        }}
      >
        <p>
          On the new device, open this screen, choose “joins another that I have here” and show a
          code.
        </p>
        <label class="field">
          <span>Code of the new device</span>
          <input
            type="text"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            required
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
        <SyncProblem error={task.error} />
        <div class="row">
          <button type="submit" class="button" disabled={task.busy}>
            {task.busy ? "Looking for it…" : "Add the device"}
          </button>
        </div>
      </form>
    );
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void letIn(approval);
      }}
    >
      <StepHead>Let the new device in?</StepHead>
      {approval.method === "code" ? (
        <label class="field">
          <span>Digits that the new device shows</span>
          <input
            type="text"
            inputmode="numeric"
            autocomplete="off"
            required
            value={digits}
            onInput={(event) => setDigits(event.currentTarget.value)}
          />
        </label>
      ) : (
        <p>It was read from its own screen, so there are no digits to compare.</p>
      )}
      <p>
        It gets every memory of this vault. Vault:{" "}
        <span class="figure">{approval.fingerprint}</span>
      </p>
      <div class="row">
        <button type="submit" class="button button-primary" disabled={task.busy}>
          {task.busy ? "Letting it in…" : "Let it in"}
        </button>
        <button type="button" class="button" onClick={() => decline(approval)}>
          Refuse
        </button>
      </div>
    </form>
  );
}
