// The types of node that the tests use. The scripts of the pages are checked together with the tests: with all of node's
// types, setTimeout() would return an object in them, and `process` would exist.

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
