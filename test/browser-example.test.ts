import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltPage, CHROMIUM, type OpenPage, buildPage, openPage } from "./chromium-page.js";
import { enter, leave } from "./cli-run.js";

describe.skipIf(!existsSync(CHROMIUM))("the example page in Chromium (needs /usr/bin/chromium)", () => {
  let home = "";
  let built: BuiltPage;
  let opened: OpenPage;
  const status = (pattern: string) =>
    opened.page.waitForFunction(`/${pattern}/.test(document.getElementById("status").value)`);
  const texts = (selector: string): Promise<string[]> => opened.page.locator(selector).allTextContents();

  beforeAll(async () => {
    home = await enter();
    built = await buildPage("examples/browser", join(home, "site"), "examples/browser/vite.config.js");
    opened = await openPage(join(home, "site"));
  });
  afterAll(async () => {
    await opened?.close();
    await leave(home);
  });

  it("is built without a warning", () => expect(built.warnings).toEqual([]));

  it("stops in the middle of a training", async () => {
    await opened.page.click("#train");
    await status("epoch 2 ");
    await opened.page.click("#stop");
    await status("^Stopped");
    expect(await opened.page.isEnabled("#train")).toBe(true);
  });

  it("trains three tasks, draws their losses and gives their verdicts", async () => {
    await opened.page.click("#train");
    await status("^Trained");
    expect(await texts("#verdict-rows td:first-child")).toEqual(["species", "sex", "body_mass_g"]);
    for (const verdict of await texts("#verdict-rows td:last-child"))
      expect(verdict).toMatch(/^(helped|neutral|hurt)$/);
    expect(await opened.page.locator("#chart polyline").count()).toBe(6);
    const points = await opened.page.locator("#chart polyline").first().getAttribute("points");
    expect(points!.split(" ").length).toBeGreaterThan(5);
    expect(points).not.toContain("NaN");
  });

  it("predicts the row that is typed in", async () => {
    await opened.page.waitForSelector("#answers dd");
    const before = await texts("#answers dd");
    await opened.page.selectOption('[name="island"]', "Biscoe");
    await opened.page.fill('[name="flipper_length_mm"]', "225");
    await opened.page.fill('[name="bill_length_mm"]', "48");
    await opened.page.fill('[name="bill_depth_mm"]', "14.5");
    await opened.page.waitForFunction(
      `document.querySelector("#answers dd").textContent.startsWith("Gentoo")`,
    );
    const after = await texts("#answers dd");
    const grams = (answers: readonly string[]): number => Number(answers[2]!.replace(",", ""));
    expect(grams(after)).toBeGreaterThan(grams(before));
  });

  it("offers the model as a file", async () => {
    const [download] = await Promise.all([
      opened.page.waitForEvent("download"),
      opened.page.click("#download"),
    ]);
    expect(download.suggestedFilename()).toBe("model.onnx");
  });

  it("asks nobody but its own server and complains of nothing", () => {
    const foreign = (url: string): boolean => !url.startsWith(opened.address) && !/^(data|blob):/.test(url);
    expect(opened.asked.filter(foreign)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});
