export { createTestClient } from "./testing/test-client.ts";
export { testListenerContract } from "./testing/listener-contract.ts";
export type { TestClient, TestClientOptions, TestReply, TestRequest, TestFile } from "./testing/test-client.ts";
export type { ContractTransport, StartTransport } from "./testing/listener-contract.ts";
export { compileString } from "./views/compile/compile-string.ts";
export type { CompiledString, CompileStringOptions } from "./views/compile/compile-string.ts";
