import type { Fields } from "./request-fields.ts";

/**
 * Top-level fields of each wire, by the types of the providers' own clients (openai 7.55, @anthropic-ai/sdk 1.11, @google/genai 3.1) and
 * what OpenAI-compatible hosts add. A field that is not among them is passed on all the same: a provider may know it, or it is a
 * gateway's control that was spelled wrongly, which nothing else would ever say.
 */
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  "openai-chat": words(`
    audio enable_thinking extra_body frequency_penalty function_call functions grammar guided_json include_reasoning
    include_search_image_results logit_bias logprobs max_completion_tokens max_tokens messages metadata min_p modalities model models
    moderation n parallel_tool_calls plugins prediction preset presence_penalty prompt_cache_key prompt_cache_options
    prompt_cache_retention provider random_seed reasoning reasoning_effort reasoning_format reasoning_split repetition_penalty
    response_format route safe_prompt safety_identifier search_parameters seed service_tier stop store stream stream_options temperature
    thinking tool_choice tools top_a top_k top_logprobs top_p transforms usage user verbosity web_search_options`),
  "openai-responses": words(`
    background context_management conversation include input instructions max_output_tokens max_tool_calls metadata model moderation
    parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention provider reasoning
    safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user`),
  "anthropic-messages": words(`
    cache_control container context_management diagnostics inference_geo max_tokens mcp_servers messages metadata model output_config
    output_format service_tier speed stop_sequences stream system temperature thinking thread tool_choice tools top_k top_p`),
  "gemini-generate": words(`
    cachedContent cached_content contents generationConfig generation_config labels model safetySettings safety_settings serviceTier
    service_tier store systemInstruction system_instruction toolConfig tool_config tools`),
};

/** Names that the wire's own clients do not know. */
export function unknownFields(wire: string, body: unknown): readonly string[] {
  const known = KNOWN[wire];
  if (known === undefined || typeof body !== "object" || body === null) return [];
  return Object.keys(body as Fields).filter((name) => !known.has(name));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
