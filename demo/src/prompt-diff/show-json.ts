/**
 * JSON laid out for reading: indented, with the line breaks of long strings shown as line breaks. It is a view of a request,
 * not the request: it cannot be parsed again. Text that is no JSON comes back as it is.
 */
export function showJson(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    return JSON.stringify(value, null, 2).replace(/\\n/gu, "\n").replace(/\\"/gu, '"');
  } catch {
    return body;
  }
}
