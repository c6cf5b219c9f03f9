export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parts that are no text keep a place in the turn, so that a message with a picture only still has an identity. */
const MARKERS: Readonly<Record<string, string>> = {
  image_url: "[image]",
  input_audio: "[audio]",
  file: "[file]",
  video_url: "[video]",
  input_image: "[image]",
  input_file: "[file]",
  image: "[image]",
  document: "[file]",
  audio: "[audio]",
  video: "[video]",
};

/** The text of a message's `content`: a string, or parts; anything else is no text. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const pieces: string[] = [];
  for (const part of content as readonly unknown[]) {
    if (typeof part === "string") pieces.push(part);
    if (!isRecord(part)) continue;
    if (typeof part["text"] === "string") pieces.push(part["text"]);
    else if (typeof part["refusal"] === "string") pieces.push(part["refusal"]);
    else if (typeof part["type"] === "string" && MARKERS[part["type"]] !== undefined)
      pieces.push(MARKERS[part["type"]] ?? "");
  }
  return pieces.filter((piece) => piece !== "").join("\n");
}
