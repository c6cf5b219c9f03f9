import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MemoryError, MemoryRecord } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { href } from "../state/router.ts";
import { count } from "./words.ts";

/** Problems that stop nothing: all else goes on. */
const NOTICES: ReadonlySet<string> = new Set([
  "sync/too-large",
  "sync/set-aside",
  "sync/copies",
  "sync/long-away",
  "sync/device-forked",
]);

export function isNotice({ code }: MemoryError): boolean {
  return NOTICES.has(code);
}

/** What the person should know of, though sync goes on. */
export function SyncNotice({ problem }: { readonly problem: MemoryError }): JSX.Element {
  const many = Number(problem.details["count"] ?? 0);
  if (problem.code === "sync/too-large")
    return (
      <Notice title={`${count(many, "memory is", "memories are")} too large to be sent`}>
        <p>
          They stay on this device only. Shorten or split them, and they are sent by themselves.
        </p>
        <TooLarge ids={idsOf(problem)} />
      </Notice>
    );
  if (problem.code === "sync/set-aside" && Number(problem.details["unopened"] ?? 0) > 0)
    return (
      <Notice title={`${count(many, "change")} of another device cannot be read`}>
        <p>
          That device has a fault, or means harm. What is here stays as it is. Remove it from the
          list of devices if you do not trust it.
        </p>
      </Notice>
    );
  if (problem.code === "sync/set-aside")
    return (
      <Notice
        title={`${count(many, "change")} of another device cannot be read by this version of the page`}
      >
        <p>It is kept as it came. Reload this page when there is a newer one: it is read then.</p>
      </Notice>
    );
  if (problem.code === "sync/copies")
    return (
      <Notice title={`${count(many, "copy", "copies")} of memories that left the vault`}>
        <p>Below you decide what becomes of {many === 1 ? "it" : "them"}.</p>
      </Notice>
    );
  if (problem.code === "sync/device-forked")
    return (
      <Notice title="There is a copy of this device">
        <p>
          Its browser profile was copied or restored, and both write to the vault. This one goes on
          as a device of its own. If you do not know the other one, remove it from the list below.
        </p>
      </Notice>
    );
  return (
    <Notice title="This device was away for long">
      <p>
        It reads everything anew, and then sends what was written here meanwhile. That passes by
        itself.
      </p>
    </Notice>
  );
}

function Notice(props: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="sync-notice" role="status" aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

function TooLarge({ ids }: { readonly ids: readonly string[] }): JSX.Element {
  const { memory } = useApp();
  const [records, setRecords] = useState<readonly MemoryRecord[]>([]);
  useEffect(() => {
    let gone = false;
    memory.list({ ids }, { limit: ids.length + 1 }).then(
      (page) => !gone && setRecords(page.records),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [ids.join()]);
  return (
    <ul class="sync-notice-list">
      {records.map(({ id, text }) => (
        <li key={id} class="said clamp">
          <a href={href("memories", id)}>{text.slice(0, 200)}</a>
        </li>
      ))}
    </ul>
  );
}

function idsOf({ details }: MemoryError): readonly string[] {
  const ids = details["ids"];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}
