import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schemaPathFor } from "./schema-path.js";

let home = "";
const place = async (folder: string): Promise<void> => {
  await mkdir(join(home, folder, "docs"), { recursive: true });
  await writeFile(join(home, folder, "docs", "study.schema.json"), "{}");
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kindred-schema-"));
  await place("clone");
  await place("app/node_modules/kindred");
  await place("my app/node_modules/kindred");
});
afterAll(() => rm(home, { recursive: true }));

describe("the path of the JSON Schema", () => {
  const cases: readonly [string, string, string, string | undefined][] = [
    [
      "beside an installed package",
      "app/study.yaml",
      "app/node_modules/kindred",
      "./node_modules/kindred/docs/study.schema.json",
    ],
    [
      "below it",
      "app/studies/one/study.yaml",
      "app/node_modules/kindred",
      "../../node_modules/kindred/docs/study.schema.json",
    ],
    ["in a clone", "clone/study.yaml", "clone", "./docs/study.schema.json"],
    ["in a folder of a clone", "clone/studies/study.yaml", "clone", "../docs/study.schema.json"],
    [
      "with an installed package and a command from elsewhere",
      "app/study.yaml",
      "clone",
      "./node_modules/kindred/docs/study.schema.json",
    ],
    [
      "in a folder with spaces",
      "my app/study.yaml",
      "my app/node_modules/kindred",
      "./node_modules/kindred/docs/study.schema.json",
    ],
    ["beside nothing", "elsewhere/study.yaml", "clone", undefined],
  ];
  it.each(cases)("is right for a file %s", (_, file, root, path) => {
    expect(schemaPathFor(join(home, file), join(home, root))).toBe(path);
  });
});
