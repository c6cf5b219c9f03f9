import { DIALECT_CALLS, DIALECT_SECRETS, type DialectUnderTest } from "./dialect-calls.fixture.ts";
import { gatewayConformance } from "./gateway-conformance.contract.ts";
import { watchWhatLeaves } from "./gateway.fixture.ts";

watchWhatLeaves(DIALECT_SECRETS);

const dialects: readonly DialectUnderTest[] = Object.values(DIALECT_CALLS);
for (const dialect of dialects) gatewayConformance(dialect);
