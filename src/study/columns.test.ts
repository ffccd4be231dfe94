import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { ignoredColumn, refuseUnknownColumns, roleOf } from "./columns.js";
import type { StudyOptions } from "./options.js";
import { withDefaults } from "./schema-complete.js";

const NAMES = ["price", "species", "part", "size", "colour", "notes"];
const options: StudyOptions = withDefaults({
  data: "t.csv",
  tasks: { price: {}, groups: { kind: "clustering", reference: "species" } },
  ignore: ["notes"],
  split: { kind: "column", column: "part" },
});

describe("the role of a column", () => {
  it("is what the study says of it", () => {
    expect(NAMES.map((name) => roleOf(options, name))).toEqual([
      "target",
      "reference",
      "split",
      undefined,
      undefined,
      "ignored",
    ]);
    expect(NAMES.map((name) => ignoredColumn(options, name))).toEqual([true, true, true, false, false, true]);
  });

  it("is not split where the study splits at random, nor target for the name of a clustering", () => {
    const random: StudyOptions = { ...options, split: { ...options.split, kind: "random" } };
    expect(roleOf(random, "part")).toBeUndefined();
    for (const kind of ["group", "time"] as const)
      expect(roleOf({ ...options, split: { ...options.split, kind } }, "part")).toBe("split");
    expect(roleOf(options, "groups")).toBeUndefined();
  });

  it("is not mistaken for what every object has", () => {
    for (const name of ["constructor", "toString", "__proto__"])
      expect(roleOf(options, name)).toBeUndefined();
  });
});

describe("the columns a study names", () => {
  const check = (changed: Partial<StudyOptions>) => (): void =>
    refuseUnknownColumns({ ...options, ...changed }, NAMES, "t.csv");

  it("pass when they are all there", () => expect(check({})).not.toThrow());

  it.each([
    [
      "a target",
      { tasks: { prize: {} } },
      /target "prize" is not a column of the table\. Did you mean "price"/,
    ],
    [
      "a reference",
      { tasks: { g: { kind: "clustering" as const, reference: "specie" } } },
      /reference "specie".*"species"/,
    ],
    ["an ignored column", { ignore: ["note"] }, /ignored column "note".*"notes"/],
    [
      "the split column",
      { split: { kind: "column" as const, column: "parts", validation: 0.1, test: 0.1 } },
      /split column "parts".*"part"/,
    ],
  ])("are refused with the nearest name: %s", (_, changed, message) => {
    expect(check(changed)).toThrow(ConfigError);
    expect(check(changed)).toThrow(message);
  });

  it("are listed where no name is near, twenty of them at most", () => {
    const many = Array.from({ length: 30 }, (_, i) => `zz${i}`);
    const refuse = (): void => refuseUnknownColumns({ ...options, tasks: { weight: {} } }, many, "t.csv");
    expect(refuse).toThrow(/The columns are zz0, zz1, .*zz19, …\./);
  });

  it("cannot lend a clustering its name", () => {
    expect(check({ tasks: { species: { kind: "clustering" } } })).toThrow(
      /clustering task "species" has the name of a column.*--reference NAME=species/,
    );
  });
});
