/** A request as it reached the scripted provider, told to the page that sent it. */
export interface ReceivedRequest {
  readonly type: "received";
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}
