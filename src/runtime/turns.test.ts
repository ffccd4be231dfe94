import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserRuntime } from "./browser.js";
import { busyFeeds, runtimeContract, tinyModel } from "./runtime.contract.js";
import type { Runtime } from "./runtime.js";
import { withTurns } from "./turns.js";

describe("a runtime with turns", () => {
  runtimeContract(async () => withTurns(await browserRuntime(), 0));

  let inner: Runtime;
  beforeAll(async () => {
    inner = await browserRuntime();
  });
  afterAll(() => inner.close());

  /** How often the event loop has its turn while forty short runs follow each other. */
  async function turnsDuring(runtime: Runtime): Promise<number> {
    const session = await runtime.open(tinyModel("busy"));
    let turns = 0;
    let done = false;
    const tick = (): void => {
      turns += 1;
      if (!done) setImmediate(tick);
    };
    setImmediate(tick);
    for (let i = 0; i < 40; i++) await session.run(busyFeeds(8));
    done = true;
    await session.close();
    return turns;
  }

  it("lets the event loop work between runs, which the bare runtime does not", async () => {
    const [bare, courteous] = [await turnsDuring(inner), await turnsDuring(withTurns(inner, 0))];
    expect(courteous).toBeGreaterThan(bare + 20);
  });

  it("takes no turn while the last one is recent", async () => {
    expect(await turnsDuring(withTurns(inner, 1e9))).toBeLessThan(20);
  });

  it("says of itself what the inner runtime says", () => {
    const { kind, version, reason, workers } = inner;
    expect(withTurns(inner, 10)).toMatchObject({ kind, version, reason, workers });
  });
});
