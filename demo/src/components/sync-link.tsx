import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LinkRequest } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { QrCode } from "./qr-code.tsx";
import { StepHead } from "./step-head.tsx";
import { SyncProblem } from "./sync-problem.tsx";
import { useTask } from "./use-task.ts";
import { formatTime } from "./words.ts";

/** On the new device: shows a QR code and a code, then the digits to be typed into the other device. */
export function SyncLink(): JSX.Element {
  const { memory, devices, notices } = useApp();
  const [request, setRequest] = useState<LinkRequest | null>(null);
  const [digits, setDigits] = useState<string | null>(null);
  const task = useTask();
  const shown = useRef<LinkRequest | null>(null);
  const drop = (): void => {
    const before = shown.current;
    shown.current = null;
    setRequest(null);
    setDigits(null);
    before?.cancel();
  };
  useEffect(
    () => () => {
      // Once the vault is shared this screen changes by itself: there is nothing to call off.
      if (!devices.isOn.peek()) shown.current?.cancel();
      shown.current = null;
    },
    [],
  );
  const start = (): Promise<boolean> =>
    task.run(async () => {
      const made = await memory.sync.link.request({ url: devices.server.value.trim() });
      shown.current = made;
      setRequest(made);
      made.digits.then(
        (told) => {
          if (shown.current !== made || told === null) return;
          setDigits(told);
          notices.announce(`Digits: ${told.split("").join(" ")}`);
        },
        () => undefined,
      );
      made.done.then(
        ({ fingerprint }) =>
          notices.tell(`Linked. The other device shows ${fingerprint} for the same vault.`, {
            lasts: 15_000,
          }),
        (error: unknown) => {
          if (shown.current !== made) return;
          drop();
          task.fail(error);
        },
      );
    });
  if (request === null)
    return (
      <div class="form">
        <p>
          Shows a code here, which you type into a device that has the vault. Neither the words nor
          a password are needed.
        </p>
        <SyncProblem error={task.error} />
        <div class="row">
          <button
            type="button"
            class="button button-primary"
            disabled={task.busy}
            onClick={() => void start()}
          >
            {task.busy ? "Asking…" : "Show a code"}
          </button>
        </div>
      </div>
    );
  return (
    <div class="panel">
      {digits === null ? (
        <>
          <StepHead>On the device that has the vault, add a device</StepHead>
          <div class="link-codes">
            <QrCode text={request.qr} label="QR code for a reader on the other device" />
            <div class="stack">
              <p>Type this code there:</p>
              <p class="code" data-link-code>
                {request.code}
              </p>
              <p class="muted small">
                Or give it what a QR reader made of the picture; that holds a secret, so do not send
                it by message. Both are good until {formatTime(request.expiresAt)}.
              </p>
            </div>
          </div>
        </>
      ) : (
        <>
          <StepHead>Type these digits into the other device</StepHead>
          <p class="code" data-link-digits>
            {digits}
          </p>
          <p class="muted small">
            They prove that nobody, not even the server, stands between the two devices.
          </p>
        </>
      )}
      <div class="row">
        <button type="button" class="button" onClick={drop}>
          Cancel
        </button>
      </div>
    </div>
  );
}
