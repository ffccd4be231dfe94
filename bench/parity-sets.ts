/** One row of a raw table as text, by column. */
export type Cells = Readonly<Record<string, string>>;

/** How a set is trained so that every type of input, every encoder and every way of writing occurs in some set. */
export interface ParitySet {
  /** Further words for `kindred train`. */
  readonly words?: readonly string[];
  /** Targets in place of the manifest's. */
  readonly targets?: readonly string[];
  /** Inputs in place of the manifest's. */
  readonly inputs?: readonly string[];
  /** Inputs beside them. */
  readonly more?: readonly string[];
  /** The task column of a table in the long layout. */
  readonly by?: string;
  /** A row as it is written into the raw table. */
  readonly write?: (row: Cells, at: number) => Cells;
  readonly format?: "csv" | "utf-16le tsv" | "semicolons" | "jsonl";
}

/** The sets, with what is special about each. */
export const PARITY_SETS: Readonly<Record<string, ParitySet>> = {
  penguins: { words: ["--tasks", "species,sex,body_mass_g,island,kinds=clustering:3"] },
  titanic: { words: ["--missing", "deck=U|n. a.", "--missing", "age=-1|999"] },
  ames_housing: {
    words: ["--category", "target", "--transform", "SalePrice=yeo-johnson"],
    more: ["sold"],
    write: (row, at) => ({
      ...row,
      sold: dateAs("d.m.y", Number(row["Yr Sold"]), Number(row["Mo Sold"]), 1 + (at % 28)),
      "Lot Area": `$${withGroups(row["Lot Area"]!, ",")}`,
    }),
  },
  adult: { words: ["--category", "hashing", "--type", "education-num=ordinal"], more: ["education-num"] },
  census_income_kdd: {},
  bike_sharing: {
    words: ["--transform", "casual=log"],
    more: ["dteday"],
    write: (row) => {
      const hour = row["hr"]!.padStart(2, "0");
      return { ...row, dteday: `${row["dteday"]}T${hour}:30:00`, hr: `${hour}:30` };
    },
  },
  german_credit: { words: ["--normalisation", "robust"] },
  student_performance: {
    words: ["schoolsup", "famsup", "paid", "internet"].flatMap((name) => ["--type", `${name}=boolean`]),
  },
  law_school: {
    format: "semicolons",
    words: ["--type", "race=category"],
    write: (row) => mapped(row, (text) => (/^-?[\d.]+$/.test(text) ? text.replace(".", ",") : text)),
  },
  school: { by: "school" },
  diamonds: {
    targets: ["price", "clarity"],
    more: ["cut", "color"],
    words: ["--type", "color=J<I<H<G<F<E<D", "--transform", "price=log"],
  },
  wine_quality: { words: ["--normalisation", "quantile"] },
  zoo: {
    more: ["animal_name"],
    words: ["--type", "animal_name=category", "--category", "one-hot"],
    write: (row) => mapped(row, (text, name) => (FLAGS.has(name) ? String(text === "1") : text)),
  },
  auto_mpg: {
    inputs: ["displacement", 'weight 😀, "kg"', "acceleration", "model_year", "name", "__proto__"],
    words: ["--type", "name=category"],
    write: (row, at) => ({
      ...row,
      'weight 😀, "kg"': row["weight"]!,
      ["__proto__"]: String((at * at) % 17),
      origin: `${row["origin"]} 🌍, "land"`,
    }),
  },
  california_housing: {
    write: (row) => ({
      ...row,
      total_rooms: withGroups(row["total_rooms"]!, "'"),
      population: withGroups(row["population"]!, "\u202f"),
      latitude: row["latitude"]!.replace("-", "\u2212"),
    }),
  },
  online_shoppers: {
    words: ["--type", "Month=Feb<Mar<May<June<Jul<Aug<Sep<Oct<Nov<Dec"],
    write: (row) => ({ ...row, BounceRates: `${(100 * Number(row["BounceRates"])).toFixed(2)} %` }),
  },
  sms_spam: { format: "utf-16le tsv" },
  sst: {},
  mulan_flags: { words: ["--category", "hashing"] },
  mulan_jura: {},
  dutch_census: {
    words: ["--category", "target", "--type", "age=category", "--type", "citizenship=category"],
  },
  parkinsons: {
    words: ["--type", "Shimmer*=embedding"],
    more: ["iso", "y/m/d", "d/m/y", "m/d/y", "d mon y", "mon d y"],
    write: (row, at) => {
      const [year, month, day] = [1990 + (at % 40), 1 + (at % 12), 1 + ((7 * at) % 28)] as const;
      const forms = ["iso", "y/m/d", "d/m/y", "m/d/y", "d mon y", "mon d y"] as const;
      return {
        ...row,
        ...Object.fromEntries(forms.map((form) => [form, dateAs(form, year, month, day)])),
      };
    },
  },
  digits8x8: {
    format: "jsonl",
    inputs: [...Array.from({ length: 64 }, (_, i) => `pixels[${i}]`), "corner", "scanned"],
    write: (row, at) => ({
      ...row,
      ...Object.fromEntries(
        Array.from({ length: 64 }, (_, i) => [`pixels[${i}]`, row[`p${i >> 3}_${i % 8}`]!]),
      ),
      corner: String(Number(row["p0_2"]) > 3),
      scanned: `20${10 + (at % 15)}-0${1 + (at % 9)}-1${at % 10}T0${at % 10}:15:00Z`,
    }),
  },
};

/** What must occur in the inputs of the sets, as `typeOf` names it. */
export const REQUIRED_TYPES = [
  "numeric",
  "numeric, read",
  "ordinal of numbers",
  "ordinal of words",
  "boolean",
  "category of words, one-hot",
  "category of words, target",
  "category of words, hashing",
  "category of numbers, one-hot",
  "category of numbers, target",
  "category of numbers, hashing",
  "date",
  "date, read",
  "embedding",
  "text",
] as const;

const FLAGS = new Set(
  "hair feathers eggs airborne predator toothed backbone breathes venomous fins tail domestic catsize".split(
    " ",
  ),
);

const mapped = (row: Cells, change: (text: string, name: string) => string): Cells =>
  Object.fromEntries(Object.entries(row).map(([name, text]) => [name, change(text, name)]));

/** `1234567.5` with a mark between thousands. */
export function withGroups(text: string, mark: string): string {
  const [whole = "", ...rest] = text.split(".");
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, mark), ...rest].join(".");
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A date as the forms of `kindred` have it. */
export function dateAs(form: string, year: number, month: number, day: number): string {
  const [y, m, d] = [String(year), String(month).padStart(2, "0"), String(day).padStart(2, "0")];
  switch (form) {
    case "y/m/d":
      return `${y}/${m}/${d}`;
    case "d.m.y":
      return `${d}.${m}.${y}`;
    case "d/m/y":
      return `${d}/${m}/${y}`;
    case "m/d/y":
      return `${m}/${d}/${y}`;
    case "d mon y":
      return `${day} ${MONTHS[month - 1]} ${y}`;
    case "mon d y":
      return `${MONTHS[month - 1]} ${day}, ${y}`;
    default:
      return `${y}-${m}-${d}`;
  }
}
