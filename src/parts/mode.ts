/** The modes of an application. */

/** How an application behaves. */
export type Mode = "development" | "test" | "production";
