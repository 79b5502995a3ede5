// What the tests use of node. All of node's types would also tell the scripts of the pages, which are checked together
// with the tests, that setTimeout() returns an object and that `process` exists.

declare module "node:test" {
  export interface TestContext {
    mock: {
      timers: {
        /** Replace timers by ones that only tick() advances. */
        enable(options: { apis: ("setTimeout" | "setInterval" | "Date")[] }): void;
        tick(milliseconds: number): void;
      };
    };
  }
  export function test(name: string, run: (context: TestContext) => void | Promise<void>): void;
  export default test;
}

declare module "node:assert/strict" {
  interface Assert {
    ok(value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    match(text: string, pattern: RegExp, message?: string): void;
    throws(run: () => unknown, expected: { message: RegExp }): void;
  }
  const assert: Assert;
  export default assert;
}

declare module "node:fs" {
  export function readFileSync(path: URL, encoding: "utf8"): string;
}
