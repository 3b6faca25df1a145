/**
 * Creates the columns of accounts, for your model. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export class User extends Model("users", { ...accountFields(), name: f.text({ max: 100 }) }) {}
 */
export declare function accountFields(options?: {
    readonly login?: "email";
}): ReturnType<typeof byEmail>;

/**
 * Creates the columns of accounts that sign in with a user name; their address is optional. Throws `E_OPTION_UNKNOWN` and
 * `E_OPTION_INVALID`.
 *
 * @example
 * export class User extends Model("users", { ...accountFields({ login: "username" }) }) {}
 */
export declare function accountFields(options: {
    readonly login: "username";
}): ReturnType<typeof byUsername>;

/**
 * Creates the model of the table `gable_account_tokens`, for links in mails.
 *
 * @example
 * export const AccountToken = accountTokenModel();
 */
export declare const accountTokenModel: () => import("../data/model.ts").ModelStatic<{
    digest: import("../data.ts").Column<string, "required", true>;
    purpose: import("../data.ts").Column<string, "required", false>;
    userId: import("../data.ts").Column<string, "required", false>;
    email: import("../data.ts").Column<string, "required", false>;
    expiresAt: import("../data.ts").Column<Date, "required", false>;
    usedAt: import("../data.ts").Column<Date | null, "optional", false>;
}> & {
    new (): import("../data/model.ts").RowOf<"gable_account_tokens"> & {
        digest: string;
        purpose: string;
        userId: string;
        email: string;
        expiresAt: Date;
        usedAt: Date | null;
    } & {} & import("../data/model.ts").RelationProperties<{
        digest: import("../data.ts").Column<string, "required", true>;
        purpose: import("../data.ts").Column<string, "required", false>;
        userId: import("../data.ts").Column<string, "required", false>;
        email: import("../data.ts").Column<string, "required", false>;
        expiresAt: import("../data.ts").Column<Date, "required", false>;
        usedAt: import("../data.ts").Column<Date | null, "optional", false>;
    }> & import("../data/model.ts").InstanceApi<{
        digest: import("../data.ts").Column<string, "required", true>;
        purpose: import("../data.ts").Column<string, "required", false>;
        userId: import("../data.ts").Column<string, "required", false>;
        email: import("../data.ts").Column<string, "required", false>;
        expiresAt: import("../data.ts").Column<Date, "required", false>;
        usedAt: import("../data.ts").Column<Date | null, "optional", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_account_tokens";
};

/**
 * Creates the model of the table `gable_api_tokens`. It stores digests, never tokens.
 *
 * @example
 * export const ApiToken = apiTokenModel();
 */
export declare const apiTokenModel: () => import("../data/model.ts").ModelStatic<{
    id: import("../data.ts").Column<number, "optional", true> & {
        readonly access: "fixed";
    };
    digest: import("../data.ts").Column<string, "required", false> & {
        readonly access: "secret";
    };
    hint: import("../data.ts").Column<string, "required", false>;
    name: import("../data.ts").Column<string, "required", false>;
    scopes: import("../data.ts").Column<string, "required", false>;
    userId: import("../data.ts").Column<string, "required", false>;
    createdAt: import("../data.ts").Column<Date, "required", false>;
    expiresAt: import("../data.ts").Column<Date, "required", false>;
    usedAt: import("../data.ts").Column<Date | null, "optional", false>;
}> & {
    new (): import("../data/model.ts").RowOf<"gable_api_tokens"> & {
        id: number;
        digest: string;
        hint: string;
        name: string;
        scopes: string;
        userId: string;
        createdAt: Date;
        expiresAt: Date;
        usedAt: Date | null;
    } & {} & import("../data/model.ts").RelationProperties<{
        id: import("../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        digest: import("../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        hint: import("../data.ts").Column<string, "required", false>;
        name: import("../data.ts").Column<string, "required", false>;
        scopes: import("../data.ts").Column<string, "required", false>;
        userId: import("../data.ts").Column<string, "required", false>;
        createdAt: import("../data.ts").Column<Date, "required", false>;
        expiresAt: import("../data.ts").Column<Date, "required", false>;
        usedAt: import("../data.ts").Column<Date | null, "optional", false>;
    }> & import("../data/model.ts").InstanceApi<{
        id: import("../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        digest: import("../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        hint: import("../data.ts").Column<string, "required", false>;
        name: import("../data.ts").Column<string, "required", false>;
        scopes: import("../data.ts").Column<string, "required", false>;
        userId: import("../data.ts").Column<string, "required", false>;
        createdAt: import("../data.ts").Column<Date, "required", false>;
        expiresAt: import("../data.ts").Column<Date, "required", false>;
        usedAt: import("../data.ts").Column<Date | null, "optional", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_api_tokens";
};

/**
 * Defines the accounts of one application. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "after" });
 */
export declare function defineAccounts<User extends UserClass, const Permission extends string = never, const Scope extends string = never>(options: AccountsOptions<User, Permission, Scope>): Accounts<InstanceType<User>, Permission, Scope>;

/**
 * Returns the accounts of an application that has started, to create and change them without a request. Throws
 * `E_ACCOUNTS_SETUP` for an application without accounts.
 *
 * @example
 * await manageAccounts(app).create({ email: "ann@example.com", password, isStaff: true });
 */
export declare function manageAccounts(app: AccountsApplication): AccountManager;

/**
 * Returns the permissions to view, add, change and delete rows of models.
 *
 * Each name starts with the table, such as `books.view`. Your guards and handlers ask for them.
 *
 * @example
 * defineAccounts({ user: User, permissions: ["fines.waive", ...modelPermissions(Book, Loan)] });
 */
export declare function modelPermissions<Table extends string>(...models: ReadonlyArray<{
    readonly $table: Table;
}>): ReadonlyArray<ModelPermission<Table>>;

/**
 * Creates the models of groups and of what users and groups may do: the tables `gable_groups`, `gable_group_members`,
 * `gable_user_permissions` and `gable_group_permissions`. Their rows go when their user or group is deleted.
 *
 * @example
 * export const { Group, GroupMember, UserPermission, GroupPermission } = permissionModels(User);
 */
export declare const permissionModels: (user: UserClass & {
    readonly $options: {
        readonly database?: string;
    };
}) => {
    Group: import("../../data/model.ts").ModelStatic<{
        id: import("../../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        name: import("../../data.ts").Column<string, "required", false>;
    }> & {
        new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
            id: number;
            name: string;
        } & {} & import("../../data/model.ts").RelationProperties<{
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            name: import("../../data.ts").Column<string, "required", false>;
        }> & import("../../data/model.ts").InstanceApi<{
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            name: import("../../data.ts").Column<string, "required", false>;
        }> & Readonly<{}>;
        readonly $table: "gable_groups";
    };
    GroupMember: import("../../data/model.ts").ModelStatic<{
        user: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
            password: import("../../data.ts").Column<string, "required", false> & {
                readonly access: "secret";
            };
            emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
            active: import("../../data.ts").Column<boolean, "optional", false>;
            isStaff: import("../../data.ts").Column<boolean, "optional", false>;
            isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
            signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
            passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
            sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            email: import("../../data.ts").Column<string | null, "optional", false>;
        }> & {
            new (): import("../../data/model.ts").RowOf<"users"> & {
                password: string;
                emailVerifiedAt: Date | null;
                active: boolean;
                isStaff: boolean;
                isSuperuser: boolean;
                signedInAt: Date | null;
                passwordChangedAt: Date | null;
                sessionsValidFrom: Date | null;
                id: number;
                email: string | null;
            } & {} & import("../../data/model.ts").RelationProperties<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & import("../../data/model.ts").InstanceApi<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & Readonly<{}>;
            readonly $table: "users";
        }, "one", false, true>;
        group: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            name: import("../../data.ts").Column<string, "required", false>;
        }> & {
            new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
                id: number;
                name: string;
            } & {} & import("../../data/model.ts").RelationProperties<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & import("../../data/model.ts").InstanceApi<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & Readonly<{}>;
            readonly $table: "gable_groups";
        }, "one", false, true>;
    }> & {
        new (): import("../../data/model.ts").RowOf<"gable_group_members"> & {} & {
            groupId: number;
            userId: number;
        } & import("../../data/model.ts").RelationProperties<{
            user: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"users"> & {
                    password: string;
                    emailVerifiedAt: Date | null;
                    active: boolean;
                    isStaff: boolean;
                    isSuperuser: boolean;
                    signedInAt: Date | null;
                    passwordChangedAt: Date | null;
                    sessionsValidFrom: Date | null;
                    id: number;
                    email: string | null;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & Readonly<{}>;
                readonly $table: "users";
            }, "one", false, true>;
            group: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
                    id: number;
                    name: string;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & Readonly<{}>;
                readonly $table: "gable_groups";
            }, "one", false, true>;
        }> & import("../../data/model.ts").InstanceApi<{
            user: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"users"> & {
                    password: string;
                    emailVerifiedAt: Date | null;
                    active: boolean;
                    isStaff: boolean;
                    isSuperuser: boolean;
                    signedInAt: Date | null;
                    passwordChangedAt: Date | null;
                    sessionsValidFrom: Date | null;
                    id: number;
                    email: string | null;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & Readonly<{}>;
                readonly $table: "users";
            }, "one", false, true>;
            group: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
                    id: number;
                    name: string;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & Readonly<{}>;
                readonly $table: "gable_groups";
            }, "one", false, true>;
        }> & Readonly<{}>;
        readonly $table: "gable_group_members";
    };
    UserPermission: import("../../data/model.ts").ModelStatic<{
        user: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
            password: import("../../data.ts").Column<string, "required", false> & {
                readonly access: "secret";
            };
            emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
            active: import("../../data.ts").Column<boolean, "optional", false>;
            isStaff: import("../../data.ts").Column<boolean, "optional", false>;
            isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
            signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
            passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
            sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            email: import("../../data.ts").Column<string | null, "optional", false>;
        }> & {
            new (): import("../../data/model.ts").RowOf<"users"> & {
                password: string;
                emailVerifiedAt: Date | null;
                active: boolean;
                isStaff: boolean;
                isSuperuser: boolean;
                signedInAt: Date | null;
                passwordChangedAt: Date | null;
                sessionsValidFrom: Date | null;
                id: number;
                email: string | null;
            } & {} & import("../../data/model.ts").RelationProperties<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & import("../../data/model.ts").InstanceApi<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & Readonly<{}>;
            readonly $table: "users";
        }, "one", false, true>;
        permission: import("../../data.ts").Column<string, "required", false>;
    }> & {
        new (): import("../../data/model.ts").RowOf<"gable_user_permissions"> & {
            permission: string;
        } & {
            userId: number;
        } & import("../../data/model.ts").RelationProperties<{
            user: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"users"> & {
                    password: string;
                    emailVerifiedAt: Date | null;
                    active: boolean;
                    isStaff: boolean;
                    isSuperuser: boolean;
                    signedInAt: Date | null;
                    passwordChangedAt: Date | null;
                    sessionsValidFrom: Date | null;
                    id: number;
                    email: string | null;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & Readonly<{}>;
                readonly $table: "users";
            }, "one", false, true>;
            permission: import("../../data.ts").Column<string, "required", false>;
        }> & import("../../data/model.ts").InstanceApi<{
            user: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                password: import("../../data.ts").Column<string, "required", false> & {
                    readonly access: "secret";
                };
                emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                active: import("../../data.ts").Column<boolean, "optional", false>;
                isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                email: import("../../data.ts").Column<string | null, "optional", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"users"> & {
                    password: string;
                    emailVerifiedAt: Date | null;
                    active: boolean;
                    isStaff: boolean;
                    isSuperuser: boolean;
                    signedInAt: Date | null;
                    passwordChangedAt: Date | null;
                    sessionsValidFrom: Date | null;
                    id: number;
                    email: string | null;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    password: import("../../data.ts").Column<string, "required", false> & {
                        readonly access: "secret";
                    };
                    emailVerifiedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    active: import("../../data.ts").Column<boolean, "optional", false>;
                    isStaff: import("../../data.ts").Column<boolean, "optional", false>;
                    isSuperuser: import("../../data.ts").Column<boolean, "optional", false>;
                    signedInAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    passwordChangedAt: import("../../data.ts").Column<Date | null, "optional", false>;
                    sessionsValidFrom: import("../../data.ts").Column<Date | null, "optional", false>;
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    email: import("../../data.ts").Column<string | null, "optional", false>;
                }> & Readonly<{}>;
                readonly $table: "users";
            }, "one", false, true>;
            permission: import("../../data.ts").Column<string, "required", false>;
        }> & Readonly<{}>;
        readonly $table: "gable_user_permissions";
    };
    GroupPermission: import("../../data/model.ts").ModelStatic<{
        group: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            name: import("../../data.ts").Column<string, "required", false>;
        }> & {
            new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
                id: number;
                name: string;
            } & {} & import("../../data/model.ts").RelationProperties<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & import("../../data/model.ts").InstanceApi<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & Readonly<{}>;
            readonly $table: "gable_groups";
        }, "one", false, true>;
        permission: import("../../data.ts").Column<string, "required", false>;
    }> & {
        new (): import("../../data/model.ts").RowOf<"gable_group_permissions"> & {
            permission: string;
        } & {
            groupId: number;
        } & import("../../data/model.ts").RelationProperties<{
            group: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
                    id: number;
                    name: string;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & Readonly<{}>;
                readonly $table: "gable_groups";
            }, "one", false, true>;
            permission: import("../../data.ts").Column<string, "required", false>;
        }> & import("../../data/model.ts").InstanceApi<{
            group: () => import("../../data/schema/relation.ts").Relation<import("../../data/model.ts").ModelStatic<{
                id: import("../../data.ts").Column<number, "optional", true> & {
                    readonly access: "fixed";
                };
                name: import("../../data.ts").Column<string, "required", false>;
            }> & {
                new (): import("../../data/model.ts").RowOf<"gable_groups"> & {
                    id: number;
                    name: string;
                } & {} & import("../../data/model.ts").RelationProperties<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & import("../../data/model.ts").InstanceApi<{
                    id: import("../../data.ts").Column<number, "optional", true> & {
                        readonly access: "fixed";
                    };
                    name: import("../../data.ts").Column<string, "required", false>;
                }> & Readonly<{}>;
                readonly $table: "gable_groups";
            }, "one", false, true>;
            permission: import("../../data.ts").Column<string, "required", false>;
        }> & Readonly<{}>;
        readonly $table: "gable_group_permissions";
    };
};

/**
 * Creates the model of the table `gable_remember_tokens`, for users who stay signed in. It stores digests.
 *
 * @example
 * export const RememberToken = rememberTokenModel();
 */
export declare const rememberTokenModel: () => import("../../data/model.ts").ModelStatic<{
    id: import("../../data.ts").Column<number, "optional", true> & {
        readonly access: "fixed";
    };
    selector: import("../../data.ts").Column<string, "required", false> & {
        readonly access: "secret";
    };
    digest: import("../../data.ts").Column<string, "required", false> & {
        readonly access: "secret";
    };
    previousDigest: import("../../data.ts").Column<string | null, "optional", false> & {
        readonly access: "secret";
    };
    salt: import("../../data.ts").Column<string | null, "optional", false> & {
        readonly access: "secret";
    };
    userId: import("../../data.ts").Column<string, "required", false>;
    createdAt: import("../../data.ts").Column<Date, "required", false>;
    replacedAt: import("../../data.ts").Column<Date | null, "optional", false>;
    expiresAt: import("../../data.ts").Column<Date, "required", false>;
}> & {
    new (): import("../../data/model.ts").RowOf<"gable_remember_tokens"> & {
        id: number;
        selector: string;
        digest: string;
        previousDigest: string | null;
        salt: string | null;
        userId: string;
        createdAt: Date;
        replacedAt: Date | null;
        expiresAt: Date;
    } & {} & import("../../data/model.ts").RelationProperties<{
        id: import("../../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        selector: import("../../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        digest: import("../../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        previousDigest: import("../../data.ts").Column<string | null, "optional", false> & {
            readonly access: "secret";
        };
        salt: import("../../data.ts").Column<string | null, "optional", false> & {
            readonly access: "secret";
        };
        userId: import("../../data.ts").Column<string, "required", false>;
        createdAt: import("../../data.ts").Column<Date, "required", false>;
        replacedAt: import("../../data.ts").Column<Date | null, "optional", false>;
        expiresAt: import("../../data.ts").Column<Date, "required", false>;
    }> & import("../../data/model.ts").InstanceApi<{
        id: import("../../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        selector: import("../../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        digest: import("../../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        previousDigest: import("../../data.ts").Column<string | null, "optional", false> & {
            readonly access: "secret";
        };
        salt: import("../../data.ts").Column<string | null, "optional", false> & {
            readonly access: "secret";
        };
        userId: import("../../data.ts").Column<string, "required", false>;
        createdAt: import("../../data.ts").Column<Date, "required", false>;
        replacedAt: import("../../data.ts").Column<Date | null, "optional", false>;
        expiresAt: import("../../data.ts").Column<Date, "required", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_remember_tokens";
};

/**
 * Creates the models of the tables `gable_two_factors` and `gable_recovery_codes`.
 *
 * Secrets are encrypted, and recovery codes are stored as digests.
 *
 * @example
 * export const { TwoFactor, RecoveryCode } = twoFactorModels();
 */
export declare const twoFactorModels: () => {
    TwoFactor: import("../../data/model.ts").ModelStatic<{
        userId: import("../../data.ts").Column<string, "required", true>;
        secret: import("../../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        lastStep: import("../../data.ts").Column<number, "required", false>;
        enabledAt: import("../../data.ts").Column<Date, "required", false>;
    }> & {
        new (): import("../../data/model.ts").RowOf<"gable_two_factors"> & {
            userId: string;
            secret: string;
            lastStep: number;
            enabledAt: Date;
        } & {} & import("../../data/model.ts").RelationProperties<{
            userId: import("../../data.ts").Column<string, "required", true>;
            secret: import("../../data.ts").Column<string, "required", false> & {
                readonly access: "secret";
            };
            lastStep: import("../../data.ts").Column<number, "required", false>;
            enabledAt: import("../../data.ts").Column<Date, "required", false>;
        }> & import("../../data/model.ts").InstanceApi<{
            userId: import("../../data.ts").Column<string, "required", true>;
            secret: import("../../data.ts").Column<string, "required", false> & {
                readonly access: "secret";
            };
            lastStep: import("../../data.ts").Column<number, "required", false>;
            enabledAt: import("../../data.ts").Column<Date, "required", false>;
        }> & Readonly<{}>;
        readonly $table: "gable_two_factors";
    };
    RecoveryCode: import("../../data/model.ts").ModelStatic<{
        id: import("../../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        userId: import("../../data.ts").Column<string, "required", false>;
        digest: import("../../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        usedAt: import("../../data.ts").Column<Date | null, "optional", false>;
    }> & {
        new (): import("../../data/model.ts").RowOf<"gable_recovery_codes"> & {
            id: number;
            userId: string;
            digest: string;
            usedAt: Date | null;
        } & {} & import("../../data/model.ts").RelationProperties<{
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            userId: import("../../data.ts").Column<string, "required", false>;
            digest: import("../../data.ts").Column<string, "required", false> & {
                readonly access: "secret";
            };
            usedAt: import("../../data.ts").Column<Date | null, "optional", false>;
        }> & import("../../data/model.ts").InstanceApi<{
            id: import("../../data.ts").Column<number, "optional", true> & {
                readonly access: "fixed";
            };
            userId: import("../../data.ts").Column<string, "required", false>;
            digest: import("../../data.ts").Column<string, "required", false> & {
                readonly access: "secret";
            };
            usedAt: import("../../data.ts").Column<Date | null, "optional", false>;
        }> & Readonly<{}>;
        readonly $table: "gable_recovery_codes";
    };
};

/**
 * Creates the model of the table `gable_identities`, for users of providers. It stores no tokens of them.
 *
 * @example
 * export const Identity = identityModel();
 */
export declare const identityModel: () => import("../../data/model.ts").ModelStatic<{
    id: import("../../data.ts").Column<number, "optional", true> & {
        readonly access: "fixed";
    };
    digest: import("../../data.ts").Column<string, "required", false>;
    issuer: import("../../data.ts").Column<string, "required", false>;
    subject: import("../../data.ts").Column<string, "required", false>;
    userId: import("../../data.ts").Column<string, "required", false>;
    isOnlyWay: import("../../data.ts").Column<boolean, "optional", false>;
    createdAt: import("../../data.ts").Column<Date, "required", false>;
}> & {
    new (): import("../../data/model.ts").RowOf<"gable_identities"> & {
        id: number;
        digest: string;
        issuer: string;
        subject: string;
        userId: string;
        isOnlyWay: boolean;
        createdAt: Date;
    } & {} & import("../../data/model.ts").RelationProperties<{
        id: import("../../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        digest: import("../../data.ts").Column<string, "required", false>;
        issuer: import("../../data.ts").Column<string, "required", false>;
        subject: import("../../data.ts").Column<string, "required", false>;
        userId: import("../../data.ts").Column<string, "required", false>;
        isOnlyWay: import("../../data.ts").Column<boolean, "optional", false>;
        createdAt: import("../../data.ts").Column<Date, "required", false>;
    }> & import("../../data/model.ts").InstanceApi<{
        id: import("../../data.ts").Column<number, "optional", true> & {
            readonly access: "fixed";
        };
        digest: import("../../data.ts").Column<string, "required", false>;
        issuer: import("../../data.ts").Column<string, "required", false>;
        subject: import("../../data.ts").Column<string, "required", false>;
        userId: import("../../data.ts").Column<string, "required", false>;
        isOnlyWay: import("../../data.ts").Column<boolean, "optional", false>;
        createdAt: import("../../data.ts").Column<Date, "required", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_identities";
};

/**
 * Defines what users may do with the records of a model. What no rule allows is denied, to superusers as well. Throws
 * `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const postPolicy = policy(Post, {
 *   view: ({ user, record }) => record.isPublished || record.authorId === user?.id,
 *   change: ({ user, record }) => record.authorId === user?.id || "Only the author may edit.",
 * });
 */
export declare function policy<Class extends PolicyModel>(model: Class, rules: PolicyRules<Class>): Policy;

/**
 * Signs a user in without a password: the session gets a new id and belongs to the user from now on. Check first that the
 * visitor is this user: no second factor is asked for. Throws `E_ACCOUNTS_SETUP` in an application without accounts.
 */
export declare function signIn(context: AnyContext, user: Account): Promise<void>;

/** Signs the visitor out: ends the session with all its values, and forgets the browser. */
export declare function signOut(context: AnyContext): void;

/** Creates a hasher for one process. */
export declare function createPasswordHasher(options?: PasswordHasherOptions): PasswordHasher;

/** Finds the problem of a new password; undefined if it can be used. */
export declare function findPasswordProblem(password: string, { min, personal }?: PasswordRules): PasswordProblem | undefined;

/** A row of it. `email` is null only for accounts that sign in with a user name. */
export type Account = InstanceType<AccountModel> & {
    readonly username?: string;
};

/** Options of `accountFields()`. */
export interface AccountFieldsOptions {
    /** What users sign in with. "username" adds the column `username`, and makes `email` optional. Default "email". */
    readonly login?: LoginKey;
}

/** A model that has the columns of an account. */
export type AccountModel = ReturnType<typeof createModel>;

/**
 * What the pages of accounts do. Each action takes the values of a valid form.
 *
 * An action does everything that makes it safe: it throttles, takes equally long for unknown accounts, hashes, gives the session a new id, sends
 * mails after the reply, and writes to the log.
 *
 * A refusal has a `problem` for the form. Actions of a user throw `E_LOGIN_REQUIRED` for a visitor; those that need the guard `sudo()`
 * throw `E_CONFIRMATION_REQUIRED` without it. `changePassword()` and `changeEmail()` need the guard `fullySignedIn`. Actions that mail throw 404 in an application without `mail`.
 *
 * @example
 * const done = await accounts.actions.signIn(context, form.data);
 * if (done.problem === undefined) return redirect(done.next);
 */
export interface AccountActions {
    /**
     * Signs in with address or user name, and password. `next` is the page that asks for a second factor, or that of the query `next`.
     * All failures have the same problem. Throws `E_LOGIN_THROTTLED` after too many attempts.
     */
    signIn(context: AnyContext, values: SignInValues): Promise<SentOn>;
    /** Whether a sign-in of this browser waits for a code. It waits for at most 10 minutes. */
    hasPendingSignIn(context: AnyContext): Promise<boolean>;
    /** Finishes a sign-in that waits, with a code. Undefined when none waits. Throws `E_LOGIN_THROTTLED`. */
    signInWithCode(context: AnyContext, values: {
        readonly code: string;
    }): Promise<SentOn | undefined>;
    /** Ends the session, and forgets the browser. */
    signOut(context: AnyContext): void;
    /** Returns the path that the query `next` asks for if it is on this site, else the option `afterLogin`. */
    findNext(context: AnyContext): string;
    /**
     * Makes an account from the columns of `values`. With `verifyEmail: "before"` the answer is the same for a known address, whose owner
     * gets a mail; a user name that is taken is refused. Throws `E_RATE_LIMITED`, and `E_OPTION_INVALID` for a column such as `isStaff`.
     */
    register(context: AnyContext, values: NewAccount): Promise<AccountResult<{
        readonly next: string | undefined;
    }>>;
    /** Returns what a link confirms, without using it up, because mail scanners open links. Undefined when the link is not valid. */
    findVerification(context: AnyContext, token: string): Promise<{
        readonly email: string;
    } | undefined>;
    /** Confirms an address by its link, once. Undefined when the link is not valid. */
    verify(context: AnyContext, token: string): Promise<{
        readonly next: string;
    } | undefined>;
    /** Sends a link to set a new password, after the reply, if the account exists. Throws `E_RATE_LIMITED`. */
    mailReset(context: AnyContext, values: {
        readonly email: string;
    }): Promise<void>;
    /** Moves the secret of a reset link from the URL into the session. Then redirect to a URL without it. */
    openReset(context: AnyContext, token: string): void;
    /** Returns what the opened link is for; undefined when the link is not valid. */
    findReset(context: AnyContext): Promise<{
        readonly email: string;
    } | undefined>;
    /** Sets a new password with the opened link, once, and ends all sessions. `next` is the login. Undefined when the link is not valid. */
    resetPassword(context: AnyContext, values: {
        readonly password: string;
    }): Promise<SentOn | undefined>;
    /** Changes the password of the user: ends all other sessions, and mails a notice. Throws `E_LOGIN_THROTTLED`. */
    changePassword(context: AnyContext, values: {
        readonly current: string;
        readonly password: string;
    }): Promise<SentOn>;
    /** Returns the page where the user sets a first password, after a sign-in with a provider; undefined for a user who has one. */
    findFirstPassword(context: AnyContext): Promise<string | undefined>;
    /** Sets the first password of a user. Undefined for a user who has one. Needs the guard `sudo()`. */
    setFirstPassword(context: AnyContext, values: {
        readonly password: string;
    }): Promise<SentOn | undefined>;
    /** Sends a link to the new address, which takes effect when the link is opened, and a notice to the old one. Throws `E_LOGIN_THROTTLED` and `E_RATE_LIMITED`. */
    changeEmail(context: AnyContext, values: {
        readonly current: string;
        readonly email: string;
    }): Promise<AccountResult>;
    /** Confirms with the password that this is the user, for the guard `sudo()`. Throws `E_LOGIN_THROTTLED`. */
    confirm(context: AnyContext, values: {
        readonly current: string;
    }): Promise<SentOn>;
    /** Finds what the user can confirm with: a password, and the linked providers. */
    findConfirmation(context: AnyContext): Promise<ConfirmationWays>;
    /** Lists and ends sessions. */
    readonly sessions: SessionActions;
    /** API tokens. */
    readonly tokens: TokenActions;
    /** Two-factor sign-in. */
    readonly twoFactor: TwoFactorActions;
}

/** Why an action did nothing: an error for the form, as `form.addError()` takes it. */
export interface AccountProblem {
    /** Name of the field; null for the whole form. */
    readonly field: string | null;
    /** Sentence for the user. */
    readonly message: string;
    /** Stable name of the reason, such as `wrong`. */
    readonly code: string;
}

/** Result of an action: why it did nothing, or what it did. `problem` distinguishes them. */
export type AccountResult<Made = {}> = {
    readonly problem: AccountProblem;
} | ({
    readonly problem?: undefined;
} & Made);

/** Result that leads to a page: `next` is a path of this site. */
export type SentOn = AccountResult<{
    readonly next: string;
}>;

/** Lists and ends the sessions of the user of a request. */
export interface SessionActions {
    /** Returns the sessions that can be used; undefined where the store cannot list them, as with sessions in cookies. */
    list(context: AnyContext): Promise<UserSessions | undefined>;
    /** Ends one of the other sessions by its key, and forgets its browser. Returns false when the user has no such session. */
    end(context: AnyContext, key: string): Promise<boolean>;
    /** Ends all sessions except that of the request, with any store, and forgets all other browsers. */
    endOthers(context: AnyContext): Promise<void>;
}

/** What proves who signs in. */
export interface SignInSecret {
    /** Password, as it was typed. */
    readonly password: string;
    /** Whether the browser is to be remembered, where the accounts have the option `remember`. Default false. */
    readonly remember?: boolean;
}

/** What the login form sends: an address or a user name, by what the accounts sign in with, and a password. */
export type SignInValues = ({
    readonly email: string;
} | {
    readonly username: string;
}) & SignInSecret;

/** Actions for the API tokens of the user of a request. All throw `E_ACCOUNTS_SETUP` without the option `tokens`. */
export interface TokenActions {
    /** Returns all tokens, the newest first, with those that have expired. */
    list(context: AnyContext): Promise<readonly ApiToken[]>;
    /**
     * Makes a token. Refuses a name that another live token has, and the 101st token. Needs the guard `sudo()`: otherwise it throws
     * `E_CONFIRMATION_REQUIRED`. Throws `E_OPTION_INVALID` for scopes that the accounts do not declare.
     */
    create(context: AnyContext, values: NewApiToken): Promise<AccountResult<{
        readonly token: CreatedApiToken;
    }>>;
    /** Revokes a token by its id. Returns false when the user has no such token. */
    revoke(context: AnyContext, id: number): Promise<boolean>;
}

/** What an authenticator app needs. */
export interface NewSecret {
    /** The key, in groups of four letters. */
    readonly key: string;
    /** Link that opens an app on the same device; a QR code can contain it. */
    readonly address: string;
}

/** Actions of two-factor sign-in. All throw `E_ACCOUNTS_SETUP` without the option `twoFactor`. */
export interface TwoFactorActions {
    /** Returns the second factor of the user of a request; undefined without one. */
    find(context: AnyContext): Promise<TwoFactorState | undefined>;
    /** Returns a new secret. The session keeps it encrypted until the user confirms it, for at most an hour. */
    begin(context: AnyContext): Promise<NewSecret>;
    /**
     * Turns it on with the first code of the new secret: ends all other sessions, and mails a notice. Undefined when it is on already.
     * Needs the guard `sudo()`: otherwise it throws `E_CONFIRMATION_REQUIRED`. Throws `E_LOGIN_THROTTLED`.
     */
    turnOn(context: AnyContext, values: {
        readonly code: string;
    }): Promise<AccountResult<{
        readonly recoveryCodes: readonly string[];
    }> | undefined>;
    /** Replaces the recovery codes, and returns the new ones; undefined without a second factor. Needs the guard `sudo({ withCode: true })`. */
    replaceCodes(context: AnyContext): Promise<readonly string[] | undefined>;
    /** Turns it off, and mails a notice. Returns false when it was off. Needs the same guard. */
    turnOff(context: AnyContext): Promise<boolean>;
    /**
     * Checks a code of the user for the guard `secondFactor`; the session gets a new id. Undefined without a second factor. Throws
     * `E_LOGIN_THROTTLED`.
     */
    confirm(context: AnyContext, values: {
        readonly code: string;
    }): Promise<SentOn | undefined>;
}

/** A guard that says who the user of its routes is. */
export interface AccountGuard<Added = {}> {
    /** Decides whether a request may pass. */
    (context: Context): Promise<boolean | HandlerResult>;
    /** Carries the type of `context.user`; never set. */
    readonly adds?: Added;
}

/** The guards of accounts. */
export interface AccountGuards<User, Permission extends string = never, Scope extends string = never> {
    /** Lets users pass who are signed in; `context.user` is the user. */
    readonly signedIn: AccountGuard<{
        readonly user: User;
    }>;
    /**
     * Lets users pass who gave a code in this session or have no second factor. A page leads to the question and back; any other request gets
     * 403 (`E_SECOND_FACTOR_REQUIRED`).
     */
    readonly fullySignedIn: AccountGuard<{
        readonly user: User;
    }>;
    /** Lets visitors pass who are not signed in. */
    readonly signedOut: AccountGuard<{
        readonly user: null;
    }>;
    /** Lets everybody pass; `context.user` is the user or null. */
    readonly maybeSignedIn: AccountGuard<{
        readonly user: User | null;
    }>;
    /** Lets users pass who are signed in and have confirmed their address. */
    readonly verified: AccountGuard<{
        readonly user: User;
    }>;
    /**
     * Lets users pass who gave a code of their authenticator app, or a recovery code, in this session. A page leads to the question, or to
     * `/two-factor` for a user without a second factor; any other request gets 403 (`E_SECOND_FACTOR_REQUIRED`).
     */
    readonly secondFactor: AccountGuard<{
        readonly user: User;
    }>;
    /**
     * Creates a guard that lets users pass who have signed in or typed their password a short time ago. A page asks for the password
     * and leads back; any other request gets 403 (`E_CONFIRMATION_REQUIRED`). Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
     *
     * @example
     * get("/payout", { guard: sudo({ withinSeconds: 900 }) }, ({ user, view }) => view("payout.html", { user }));
     */
    readonly sudo: (options?: SudoOptions) => AccountGuard<{
        readonly user: User;
    }>;
    /** Creates guards of permissions and policies. */
    readonly can: CanGuards<User, Permission>;
    /** Lets requests pass that send an API token with this scope; `context.user` is its user, whatever the session says. */
    token(scope: Scope): TokenGuard<User>;
}

/** The accounts of a site. */
export interface Accounts<User = object, Permission extends string = never, Scope extends string = never> {
    /** The options, as they were given. */
    readonly options: AccountsOptions;
    /** What users sign in with, by the columns of the model. */
    readonly login: LoginKey;
    /** Login, logout, registration and everything around passwords and addresses; place them in a group. */
    readonly routes: readonly RouteEntry[];
    /** Sign-in with providers, for a site that writes all other pages itself. */
    readonly providers: AccountProviders;
    /** What these routes do, for your own pages: `npx gable make accounts --routes` writes such pages. */
    readonly actions: AccountActions;
    /** Guards for your own routes. */
    readonly guards: AccountGuards<User, Permission, Scope>;
    /** Asks for permissions and policies in handlers. */
    readonly can: CanQuestion<Permission>;
    /**
     * Returns a query of the records that the user of a request may see, by the rule `scope` of the policy. A guard must have loaded
     * the user. Throws `E_USER_UNLOADED` and `E_POLICY_MISSING`.
     */
    readonly scope: <Class extends PolicyModel>(context: AnyContext, model: Class) => Query<Class, InstanceOf<Class>>;
}

/** Creates guards of permissions and policies. */
export interface CanGuards<User, Permission extends string = never> {
    /**
     * Lets users pass who have a permission; `context.user` is the user. Superusers have all. Throws `E_PERMISSION_UNKNOWN`
     * for one that `defineAccounts({ permissions })` does not declare.
     */
    (permission: Permission): AccountGuard<{
        readonly user: User;
    }>;
    /** Lets pass whom the policy of a model lets add a record. Throws `E_POLICY_MISSING`. */
    (action: "add", model: PolicyModel): AccountGuard<{
        readonly user: User | null;
    }>;
    /**
     * Loads a record, and lets pass whom its policy allows the action; `context.record` is the record. Who may not see it gets 404,
     * others 403 with the reason. Throws `E_POLICY_MISSING` and `E_OPTION_INVALID`.
     *
     * @example
     * get("/posts/:id(int)/edit", { guard: can("change", Post, ({ params }) => ({ id: params.id })) }, ({ record }) => record.title);
     */
    <Class extends PolicyModel>(action: RecordAction, model: Class, find: FindKey<Class>): AccountGuard<{
        readonly user: User | null;
        readonly record: InstanceOf<Class>;
    }>;
}

/** Asks for permissions and policies in handlers. */
export interface CanQuestion<Permission extends string = never> {
    /**
     * Says whether the user of a request has a permission: never for a visitor, always for a superuser. A request reads its
     * permissions once, at the first question. Throws `E_PERMISSION_UNKNOWN`.
     */
    (context: AnyContext, permission: Permission): Promise<boolean>;
    /** Says whether the policy lets the user of a request add a record of a model. Throws `E_POLICY_MISSING`. */
    (context: AnyContext, action: "add", model: PolicyModel): Promise<boolean>;
    /** Says whether the policy of its model allows the user of a request something with a record. Throws `E_POLICY_MISSING`. */
    (context: AnyContext, action: RecordAction, record: object): Promise<boolean>;
}

/** The type of a user of some accounts. */
export type UserOf<Some> = Some extends Accounts<infer User, never, never> ? User : never;

/** Creates and changes the accounts of one application. */
export interface AccountManager {
    /** Finds an account by its address, whatever its case. Throws `E_VALIDATION` for a string that is not an address. */
    findByEmail(email: string): Promise<Account | undefined>;
    /** Finds an account by its address. Throws `E_ACCOUNT_UNKNOWN` when there is none, and `E_VALIDATION`. */
    getByEmail(email: string): Promise<Account>;
    /** Finds an account by its user name, whatever its case. Throws `E_ACCOUNTS_SETUP` for accounts that sign in with an address. */
    findByUsername(username: string): Promise<Account | undefined>;
    /** Finds an account by its user name. Throws `E_ACCOUNT_UNKNOWN` when there is none, and `E_ACCOUNTS_SETUP`. */
    getByUsername(username: string): Promise<Account>;
    /** Finds an account by its address or its user name: a user name has no "@". Throws `E_ACCOUNT_UNKNOWN`, and `E_VALIDATION`. */
    getByName(name: string): Promise<Account>;
    /** Checks a password by the built-in rules. `personal` are strings that identify the owner, such as names. Throws `E_PASSWORD_WEAK`. */
    assertPassword(password: string, personal: readonly string[]): void;
    /**
     * Creates an account whose address counts as confirmed. The password is checked and hashed as at registration. Throws
     * `E_PASSWORD_WEAK`, `E_ACCOUNT_EXISTS`, and `E_VALIDATION` for values that the model refuses.
     */
    create(values: NewAccount & AccountRights): Promise<Account>;
    /** Sets a new password: all sessions and all links of the account end. Throws `E_PASSWORD_WEAK`. */
    setPassword(user: Account, password: string): Promise<void>;
    /** Gives and takes rights. Throws `E_ACCOUNTS_SETUP` for a right that the model has no column for. */
    grant(user: Account, rights: AccountRights): Promise<void>;
    /**
     * Turns the second factor of an account off, for a user who has lost the app and the recovery codes. Returns false when there is none.
     * Throws `E_ACCOUNTS_SETUP` for accounts without the option `twoFactor`.
     */
    turnOffTwoFactor(user: Account): Promise<boolean>;
    /** Groups, and what users and groups may do. Throws `E_ACCOUNTS_SETUP` for accounts that declare no permissions. */
    readonly permissions: PermissionManager;
    /**
     * Creates an API token. Its text is in the result, and nowhere else. Throws `E_OPTION_INVALID` for an unknown scope, and
     * `E_ACCOUNTS_SETUP` for accounts without the option `tokens`.
     */
    createToken(user: Account, values: NewApiToken): Promise<CreatedApiToken>;
    /** Lists the API tokens of an account, the newest first, with those that have expired. */
    listTokens(user: Account): Promise<readonly ApiToken[]>;
    /** Revokes an API token of an account. Returns false when the account has no token with this id. */
    revokeToken(user: Account, id: number): Promise<boolean>;
}

/** Rights of an account. What is left out stays as it is. */
export interface AccountRights {
    /** Whether every permission is granted. */
    readonly isSuperuser?: boolean;
    /** Whether the pages of the staff open. */
    readonly isStaff?: boolean;
    /** Whether the account can be used. */
    readonly active?: boolean;
}

/** What {@link manageAccounts} asks of an application that has started. */
export interface AccountsApplication {
    /** Returns what a part made for the application. */
    part<Instance extends object>(part: TypedPart<Instance>): Instance;
    /** The application as facts. */
    describe(): {
        readonly options: {
            readonly accounts?: Accounts;
        };
    };
}

/** A token, without its secret. */
export interface ApiToken {
    /** Number by which it is revoked. */
    readonly id: number;
    /** Its first characters. */
    readonly hint: string;
    /** What its owner knows it by. */
    readonly name: string;
    /** What it may do. */
    readonly scopes: readonly string[];
    /** When it was made. */
    readonly createdAt: Date;
    /** From when on it is refused. */
    readonly expiresAt: Date;
    /** When it was used last, to five minutes; null when it was never used. */
    readonly usedAt: Date | null;
}

/** The options of `defineAccounts({ tokens })`. */
export interface ApiTokenOptions<Scope extends string = string> {
    /** What tokens can be allowed to do, such as `posts:read`. Letters, digits and `:`, `.`, `_`, `-`; at most 60 characters each, 50 scopes. */
    readonly scopes: readonly Scope[];
    /** Days until a new token expires, 1 to 366. Default 90. */
    readonly days?: number;
}

/** A token that was just made. */
export interface CreatedApiToken extends ApiToken {
    /** The token itself: this is the only time that it can be read. */
    readonly token: string;
}

/** What a new token is made from. */
export interface NewApiToken {
    /** What its owner knows it by, at most 100 characters. */
    readonly name: string;
    /** What it may do: some of the scopes of `defineAccounts({ tokens })`. */
    readonly scopes: readonly string[];
    /** Days until it expires, 1 to 366. Default: `tokens.days` of the accounts, which is 90. */
    readonly days?: number;
}

/** A guard that decides by the API token of a request. */
export type TokenGuard<User> = AccountGuard<{
    readonly user: User;
}> & BearerMark;

/** What a new account is made from: the columns of the registration form. */
export type NewAccount = ({
    readonly email: string;
} | {
    readonly username: string;
    readonly email?: string | null;
}) & {
    readonly password: string;
} & Readonly<Record<string, unknown>>;

/** What users sign in with. */
export type LoginKey = "email" | "username";

/** Options of `defineAccounts()`. */
export interface AccountsOptions<User extends UserClass = UserClass, Permission extends string = string, Scope extends string = string> {
    /** The model of your users; it has the columns of `accountFields()`. */
    readonly user: User;
    /** Whether visitors can make an account. Default "closed". */
    readonly registration?: "open" | "closed";
    /** When an address is confirmed by mail: before the first login, after it, or never. Default "before". */
    readonly verifyEmail?: "before" | "after" | "never";
    /** Further fields of the registration form, stored in the columns of the same names. None by default. */
    readonly registrationFields?: FieldRecord;
    /** Path to go to after login, when there is no `next`. Default "/". */
    readonly afterLogin?: string;
    /** Fewest characters of a password. Default 8. */
    readonly passwordMin?: number;
    /** Called with each new password that follows the rules; returns a sentence to refuse it. If it fails or takes longer than 5 s, the password is accepted. */
    readonly checkPassword?: (password: string, request: {
        readonly signal: AbortSignal;
    }) => string | undefined | Promise<string | undefined>;
    /** How many times as long hashing a password takes, 1 to 5; `gable doctor` proposes a value. Default 1. */
    readonly hashCost?: number;
    /** Password hashes of other systems. They are replaced at the next login. None by default. */
    readonly foreignHashes?: readonly ForeignScheme[];
    /** Names of what users may be permitted, such as "loans.lend"; needs the models of `permissionModels()`. None by default. */
    readonly permissions?: readonly Permission[];
    /** API tokens: what they can be allowed to do. No tokens by default. */
    readonly tokens?: ApiTokenOptions<Scope>;
    /** Lets users stay signed in: `{}` for 60 days without a visit; needs the model of `rememberTokenModel()`. Off by default. */
    readonly remember?: RememberOptions;
    /** Lets users add a second factor: codes of an authenticator app. Needs the models of `twoFactorModels()`. Off by default. */
    readonly twoFactor?: TwoFactorOptions;
    /** Providers of OpenID Connect to sign in with, by a name of at most 40 characters for their addresses; needs the model of `identityModel()`. None by default. */
    readonly providers?: Readonly<Record<string, ProviderOptions>>;
    /** What users may do with records, one `policy()` for each model. None by default. */
    readonly policies?: readonly Policy[];
}

/** The option of `gable()` for accounts. */
export interface AccountsSetting {
    /** The accounts of `defineAccounts()`; put their routes into `routes` as well. None by default. */
    accounts?: Accounts;
}

/** Sign-in with providers, for your own pages. Its lists are empty without the option `providers`. */
export interface AccountProviders {
    /** The routes that lead to providers and back; those of `accounts.routes` include them. */
    readonly routes: readonly RouteEntry[];
    /** The providers, for buttons. A button posts to the route with the name `accounts.provider`. */
    readonly choices: readonly ProviderChoice[];
    /** The allowed targets of forms on pages with such buttons, for `security: { csp: { formAction } }`. */
    readonly formAction: readonly string[];
}

/** What the page of the guard sudo can ask a user for. */
export interface ConfirmationWays {
    /** Whether the user knows a password. False for an account that a provider created, until its user sets a password. */
    readonly hasPassword: boolean;
    /** The linked providers. */
    readonly providers: readonly ProviderChoice[];
}

/** A provider that a page offers. */
export interface ProviderChoice {
    /** Its name in the options. */
    readonly name: string;
    /** Its name on pages. */
    readonly label: string;
}

/** A provider of OpenID Connect that users sign in with. */
export interface ProviderOptions {
    /** Address of the provider, as its documentation names it: https, or http on this machine; at most 255 characters. */
    readonly issuer: string;
    /** Id that the provider gave your application. */
    readonly clientId: string;
    /** Secret that the provider gave your application. */
    readonly clientSecret: string;
    /** Name of the provider on pages. Default: its name in `providers`. */
    readonly label?: string;
    /** What the application asks for. Default "openid email". */
    readonly scope?: string;
    /** Further origins that a sign-in passes through, for `form-action` of the policy. Default none; the issuer is always included. */
    readonly origins?: readonly string[];
    /** Longest wait for each answer of the provider, in seconds, 1 to 60. Default 10. */
    readonly timeoutSeconds?: number;
}

/** The options of `defineAccounts({ remember })`. */
export interface RememberOptions {
    /** Days without a visit until a browser is forgotten, 1 to 400. Default 60. */
    readonly days?: number;
}

/** A session, as its user sees it. */
export interface UserSession {
    /** Key of the session in its store. Nobody can sign in with it. */
    readonly key: string;
    /** Name of the device, such as "Firefox on Linux". */
    readonly device: string;
    /** Address of the client that signed in. */
    readonly address: string;
    /** When the user signed in. */
    readonly createdAt: Date;
    /** When it was last used, to five minutes. */
    readonly seenAt: Date;
    /** Token by which its browser is remembered; undefined without one. */
    readonly rememberId: number | undefined;
}

/** The session of a request, and the others of its user. */
export interface UserSessions {
    /** Undefined when another request has just ended it. */
    readonly current: UserSession | undefined;
    /** The one that was used last comes first. */
    readonly others: readonly UserSession[];
    /** How many browsers have no session, and would begin one by themselves. */
    readonly rememberedCount: number;
}

/** The options of `defineAccounts({ twoFactor })`. */
export interface TwoFactorOptions {
    /** Name of your site in authenticator apps: 1 to 64 characters, without a colon. */
    readonly issuer: string;
}

/** What a user who signs in with a second factor has. */
export interface TwoFactorState {
    /** When it was turned on. */
    readonly enabledAt: Date;
    /** How many recovery codes were not used yet. */
    readonly codesLeft: number;
}

/** Options of the guard `sudo()`. */
export interface SudoOptions {
    /** Seconds for which a sign-in or a confirmation counts. Default 900 (15 minutes). */
    readonly withinSeconds?: number;
    /** Whether a code of the second factor, if there is one, must be as recent. Default false: any time in the session. */
    readonly withCode?: boolean;
}

/** How much is hashed at the same time. */
export interface HashQueueOptions {
    /** Hashes that are computed at the same time. Default 2. */
    readonly runningMax?: number;
    /** Hashes that wait. Default 32. */
    readonly waitingMax?: number;
}

/** A scheme of another system, for accounts that come from there. */
export interface ForeignScheme {
    /** What its hashes start with, such as `pbkdf2_sha256$`. */
    readonly prefix: string;
    /** Checks a password. */
    readonly verify: (password: string, hash: string) => boolean | Promise<boolean>;
}

/** What a check says. */
export interface PasswordCheck {
    /** Whether the password is the right one. */
    readonly isRight: boolean;
    /** Whether the hash is weaker than a new one would be: hash the password again. */
    readonly isWeak: boolean;
}

/** Hashes and checks passwords. */
export interface PasswordHasher {
    /** Returns the hash of a password as a PHC string. */
    hash(password: string): Promise<string>;
    /**
     * Checks a password. Without a hash, and for a wrong password of a weaker hash, it takes as long as for a new hash. Throws
     * `E_PASSWORD_HASH_UNSUPPORTED`.
     */
    verify(password: string, hash: string | undefined): Promise<PasswordCheck>;
    /** Returns what a stored hash is worth, without a password: "weak" is replaced at the next login, "unsupported" cannot be checked. */
    judge(hash: string): "current" | "weak" | "unsupported";
}

/** Options of {@link createPasswordHasher}. */
export interface PasswordHasherOptions extends HashQueueOptions {
    /** Schemes of other systems. Their hashes are replaced at the next login. None by default. */
    readonly foreign?: readonly ForeignScheme[];
    /** How many times as long as by default a hash takes, 1 to 5. Default 1. */
    readonly cost?: number;
}

/** A permission to do something with the rows of a table, such as "books.change". */
export type ModelPermission<Table extends string = string> = `${Table}.${(typeof actions)[number]}`;

/** Who has a permission: a user, or all members of the group of a name. */
export type PermissionHolder = {
    readonly user: Pick<Account, "id">;
} | {
    readonly group: string;
};

/** Changes groups and permissions. What is so already stays so, without an error. */
export interface PermissionManager {
    /** Gives permissions. Throws `E_PERMISSION_UNKNOWN` and `E_GROUP_UNKNOWN`; then it gives none of them. */
    grant(holder: PermissionHolder, names: readonly string[]): Promise<void>;
    /** Takes permissions back. A user may still have them from a group. Throws `E_PERMISSION_UNKNOWN` and `E_GROUP_UNKNOWN`. */
    revoke(holder: PermissionHolder, names: readonly string[]): Promise<void>;
    /** Returns the permissions of a user in the order of their names, also those of the groups. Superusers may do more. */
    list(user: Pick<Account, "id">): Promise<readonly string[]>;
    /** Creates a group without members. Throws `E_VALIDATION` for a name of more than 100 characters. */
    createGroup(name: string): Promise<void>;
    /** Puts a user into a group. Throws `E_GROUP_UNKNOWN`. */
    addToGroup(user: Pick<Account, "id">, group: string): Promise<void>;
    /** Takes a user out of a group. Throws `E_GROUP_UNKNOWN`. */
    removeFromGroup(user: Pick<Account, "id">, group: string): Promise<void>;
    /** Runs several changes in one transaction: all of them happen, or none. */
    together(work: () => Promise<void>): Promise<void>;
}

/** Finds the record that a request is about. */
export type FindKey<Class> = (context: Context) => RecordKey<Class>;

/** Values that identify a record, by the names of fields. The query checks them. */
export type RecordKey<Class> = Class extends {
    readonly $fields: infer Fields;
} ? {
    readonly [Name in keyof Fields]?: unknown;
} : never;

/** The rules of any model. */
export type AnyPolicyRules = Readonly<Record<RecordAction | "add", PolicyRule<PolicyFacts & {
    readonly record: object | undefined;
}> | undefined> & {
    scope: ((query: object, facts: Pick<PolicyFacts, "user">) => unknown) | undefined;
}>;

/** What users may do with the records of a model; pass it to `defineAccounts({ policies })`. */
export interface Policy {
    /** The model. */
    readonly model: PolicyModel;
    /** Its rules. */
    readonly rules: AnyPolicyRules;
}

/** What rules of lists and of new records get. */
export interface PolicyFacts {
    /** Who asks; null for a visitor. */
    readonly user: PolicyUser | null;
    /** Says whether the user has a permission. Throws `E_PERMISSION_UNKNOWN`. */
    readonly can: (permission: string) => Promise<boolean>;
}

/** A model that a policy is about. */
export interface PolicyModel {
    /** Makes a row. */
    new (): object;
    /** Name of the table. */
    readonly $table: string;
    /** Its fields. */
    readonly $fields: object;
}

/** A rule of a policy. Only true allows. */
export type PolicyRule<Facts> = (facts: Facts) => Verdict | Promise<Verdict>;

/** The rules of a policy. An action without a rule is denied to everybody. */
export interface PolicyRules<Class> {
    /** Who may see a record. For all others it does not exist: they get 404. */
    readonly view?: PolicyRule<RecordFacts<InstanceOf<Class>>>;
    /** Who may add a record. */
    readonly add?: PolicyRule<PolicyFacts>;
    /** Who may change a record. */
    readonly change?: PolicyRule<RecordFacts<InstanceOf<Class>>>;
    /** Who may delete a record. */
    readonly delete?: PolicyRule<RecordFacts<InstanceOf<Class>>>;
    /** Narrows a query to the records that the user may see. */
    readonly scope?: (query: Query<Class, InstanceOf<Class>>, facts: {
        readonly user: PolicyUser | null;
    }) => Query<Class, InstanceOf<Class>>;
}

/** The user that rules get: that of `AppTypes`, otherwise an account. */
export type PolicyUser = AppTypes extends {
    readonly user: infer User;
} ? NonNullable<User> : Account;

/** What a user may do with a record. */
export type RecordAction = "view" | "change" | "delete";

/** What rules of a record get. */
export interface RecordFacts<Row> extends PolicyFacts {
    /** The record that it is about. */
    readonly record: Row;
}

/** True allows. False denies, and a string denies with the reason. */
export type Verdict = boolean | string;

/** The problem of a password, as a code and a sentence. */
export interface PasswordProblem {
    /** Name of the rule. */
    readonly code: "too_short" | "too_long" | "common" | "personal";
    /** Sentence that says how to correct it. */
    readonly message: string;
}

/** Options of {@link findPasswordProblem}. */
export interface PasswordRules {
    /** Fewest characters. Default 8. */
    readonly min?: number;
    /** Texts that the account is known by, such as its address and its name. None by default. */
    readonly personal?: readonly string[];
}
