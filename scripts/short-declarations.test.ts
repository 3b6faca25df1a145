import assert from "node:assert/strict";
import { it } from "node:test";
import { shortenDeclaration } from "./short-declarations.ts";

it("keeps the fields of models, and leaves out their rows and the files of types", () => {
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
        readonly name: string;
    };
};`,
  );
});
