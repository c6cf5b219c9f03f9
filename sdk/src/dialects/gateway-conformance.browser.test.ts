import { vi } from "vitest";
import { DIALECT_CALLS, DIALECT_SECRETS, type DialectUnderTest } from "./dialect-calls.fixture.ts";
import { gatewayConformance } from "./gateway-conformance.contract.ts";
import { watchWhatLeaves } from "./gateway.fixture.ts";

watchWhatLeaves(DIALECT_SECRETS);
// Some are talks of ten calls, and one moves 50 MB.
vi.setConfig({ testTimeout: 60_000 });

const dialects: readonly DialectUnderTest[] = Object.values(DIALECT_CALLS);
for (const dialect of dialects) gatewayConformance(dialect);
