import assert from "node:assert/strict";
import { it } from "node:test";
import { shortenDeclaration } from "./short-declarations.ts";

it("keeps the fields of models, and leaves out their rows, the files of types and readonly", () => {
  const text = `const models: () => {
    Group: import("../model.ts").ModelStatic<{
        id: import("../../data.ts").Column<number>;
    }> & {
        new (): import("../model.ts").RowOf<"groups"> & {
            id: number;
        } & Readonly<{}>;
        readonly $table: "groups";
    };
    owner: () => Relation<ModelStatic<{
        id: Column<number>;
    }> & {
        new (): RowOf<"users">;
    }, "one", false>;
    other: Pick<{
        id: number;
    }> & {
        readonly name: string;
    };
};`;
  assert.equal(
    shortenDeclaration(text),
    `const models: () => {
  Group: ModelStatic<{
    id: Column<number>;
  }>;
  owner: () => Relation<ModelStatic<{
    id: Column<number>;
  }>, "one", false>;
  other: Pick<{
    id: number;
  }> & {
    name: string;
  };
};`,
  );
});

it("writes doc comments as line comments", () => {
  const text = `interface Options {
    /** How many rows. */
    rowsMax?: number;
    /**
     * How long it waits.
     *
     * In ms.
     */
    waitMs?: number;
}`;
  assert.equal(
    shortenDeclaration(text),
    `interface Options {
  // How many rows.
  rowsMax?: number;
  // How long it waits.
  //
  // In ms.
  waitMs?: number;
}`,
  );
});
