/**
 * Whether a provider that stores calls by default would carry this input into a later one, so that memory put into it would stand in
 * the conversation for good. It does where the call follows another, and may where nothing says otherwise; a caller that sends the
 * earlier answers itself keeps its own history and will send them again.
 */
export function isKept(store: unknown, roles: readonly unknown[], chained: boolean): boolean {
  if (chained) return true;
  return store !== false && !roles.includes("assistant");
}
