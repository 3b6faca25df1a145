/**
 * Makes `form()` and `modelForm()` with messages and controls for all forms of an application.
 *
 * @example
 * export const { form, modelForm } = createForms({ messages: { required: "Please fill this in." } });
 */
export declare function createForms(defaults: FormDefaults): Forms;

/** The builders of fields. Options that do not exist throw `E_OPTION_UNKNOWN`, wrong values `E_OPTION_INVALID`. */
export declare const field: {
    /** Text: one line, or several with `lines`. */
    readonly text: <const Options extends TextOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** One e-mail address. */
    readonly email: <const Options extends TextOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** A web address of http or https. */
    readonly url: <const Options extends TextOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** A password: never shown again, never changed. */
    readonly password: <const Options extends PasswordOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** Letters, digits, hyphens and underscores. */
    readonly slug: <const Options extends TextOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** A UUID, in lower case. */
    readonly uuid: <const Options extends FieldOptions<string>>(options?: Options) => FormField<Out<string, Options>>;
    /** A color such as `#1a2b3c`. */
    readonly color: <const Options extends FieldOptions<string>>(options?: Options) => FormField<Out<string, Options>>;
    /** A phone number. */
    readonly tel: <const Options extends TextOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** A whole number. */
    readonly int: <const Options extends NumberOptions<number>>(options?: Options) => FormField<Out<number, Options>>;
    /** A whole number of 64 bits. */
    readonly bigint: <const Options extends NumberOptions<bigint>>(options?: Options) => FormField<Out<bigint, Options>>;
    /** A number. */
    readonly number: <const Options extends NumberOptions<number>>(options?: Options) => FormField<Out<number, Options>>;
    /** A decimal number, as text with exactly `scale` digits after the point. */
    readonly decimal: <const Options extends DecimalOptions>(options: Options) => FormField<Out<string, Options>>;
    /** Yes or no, as a checkbox. */
    readonly boolean: <const Options extends BooleanOptions>(options?: Options) => FormField<BooleanOf<Options>>;
    /** One of several keys, each with a label. */
    readonly choice: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoiceOptions<keyof Choices & string>>(choices: Choices, options?: Options) => FormField<Out<keyof Choices & string, Options>>;
    /** Some of several keys, in the order of the definition. */
    readonly choices: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoicesOptions<keyof Choices & string>>(choices: Choices, options?: Options) => FormField<Array<keyof Choices & string>>;
    /** A day, as `2026-11-20`. */
    readonly date: <const Options extends DateOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** A time of day, as `10:12:00`. */
    readonly time: <const Options extends TimeOptions>(options?: Options) => FormField<Out<string, Options>>;
    /** A date with a time, typed in the time zone of the request. */
    readonly datetime: <const Options extends DatetimeOptions>(options?: Options) => FormField<Out<Date, Options>>;
    /** JSON that a person types; `schema` checks and types it. */
    readonly json: <Value = unknown>(options?: JsonOptions<Value>) => FormField<Value>;
    /** A row of a model, chosen from a list. */
    readonly relation: <Model extends RelationModel, const Options extends RelationOptions>(model: Model, options?: Options) => FormField<Out<ModelRow<Model>, Options>>;
    /** Several rows of a model. */
    readonly relations: <Model extends RelationModel>(model: Model, options?: RelationsOptions) => FormField<Array<ModelRow<Model>>>;
    /** One file. */
    readonly file: <const Options extends FileOptions>(options?: Options) => FormField<Out<UploadedFile, Options>>;
    /** Several files. */
    readonly files: (options?: FilesOptions) => FormField<UploadedFile[]>;
    /** Several fields with a legend: their names begin with that of the group, `address.street`. */
    readonly group: <Fields extends FieldRecord, const Options extends GroupOptions>(fields: Fields, options?: Options) => FormField<Out<ValuesOf<Fields>, Options>>;
    /** Rows of the same fields: `lines.0.product`, `lines.1.product`. */
    readonly set: <Fields extends FieldRecord>(fields: Fields, options?: SetOptions) => FormField<Array<ValuesOf<Fields>>>;
};

/** Makes a form of fields by name. Throws `E_FORM_FIELD`, `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export declare function form<const Fields extends FieldRecord>(fields: Fields, options?: FormOptions<ValuesOf<Fields>>): Form<ValuesOf<Fields>>;

/** A form. Give it to a route as `form:`, or read it yourself with `parse()`. */
export declare class Form<Data, Sent = SentFormOf<Data>> {
    /** Type of the form on the context of a handler; never set. */
    readonly $sent: Sent;
    /** Name of the form. */
    get name(): string;
    /** The interface of Standard Schema, version 1. It takes a plain object. */
    get "~standard"(): FieldStandard<Data>;
    /** Returns the form as JSON Schema (draft 2020-12). */
    toJsonSchema(): Record<string, unknown>;
    /** Returns a blank form for a page, with some values to begin with. */
    blank(initial?: Partial<Data>, options?: FormContext & {
        readonly id?: string;
    }): DisplayForm<Data>;
    /** Reads a form without HTTP: `FormData`, `URLSearchParams`, pairs, or a plain object. */
    parse(source: FormSource, context?: FormContext): Promise<Sent>;
    /** Makes a form for a page. */
    protected show(initial: object, { id, hidden, context, stored }: Pick<FormState, "id" | "hidden" | "context"> & Partial<Pick<FormState, "stored">>): DisplayForm<Data>;
    /** Makes a form that was sent; model forms make one that can be saved. */
    protected create(parts: SentParts): SentForm;
    /** Hidden values that a form carries on. */
    protected hiddenOf(_sent: SentValues): Readonly<Record<string, string>>;
    /** Reads and checks what was sent. */
    protected read(sent: SentValues, given: FormContext): Promise<SentForm>;
    /** Fills in values that others give; model forms make slugs. */
    protected complete(_values: Record<string, unknown>, _errors: FormErrors): void;
}

/** A field of a form. The type of its value exists for the compiler only. */
export declare class FormField<Value> implements FieldDefinition {
    /** Tells it from columns of models. */
    readonly kind = "field";
    /** Type of the value; never set. */
    readonly value: Value;
    /** Type of the field. */
    readonly type: FieldType;
    /** The options as they were written. */
    readonly options: AnyFieldOptions;
    /** Whether a value must be sent. */
    readonly isRequired: boolean;
    /** Labels by key, of a choice. */
    readonly choices: Readonly<Record<string, string>>;
    /** Fields inside a group or a set. */
    readonly fields: FieldDefinitions;
    /** The interface of Standard Schema, version 1. */
    get "~standard"(): FieldStandard<Value>;
}

/** Makes a set of rows that belong to the row of a model form. Throws `E_FORM_FIELD` and `E_OPTION_INVALID`. */
export declare function inlineSet<Class extends FormModel, const Name extends ModelFieldName<Class>>(model: Class, options: InlineSetOptions<Name>): InlineSet<Array<ModelValues<Class, Name>>>;

/** A set of rows of a model, as a field of a form. */
export declare class InlineSet<Value> extends FormField<Value> {
}

/**
 * Makes a form of a model.
 *
 * Throws `E_FORM_FIELD`, `E_FIELD_UNKNOWN`, `E_FIELD_SECRET`, `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * const postForm = modelForm(Post, { fields: ["title", "body", "tags"] });
 */
export declare function modelForm<Class extends FormModel, const Name extends ModelFieldName<Class>, const Extra extends FieldRecord = {}, const Sets extends FieldRecord = {}>(model: Class, options: ModelFormOptions<Class, Name, Extra, Sets>): ModelForm<ModelFormData<Class, Name, Extra, Sets>, Class, Name>;

/** A form of a model. */
export declare class ModelForm<Data, Class, Name> extends Form<Data, SentModelFormOf<Data, Class, Name>> {
    #private;
    /** Returns a form that shows a row, with its links and the rows of its sets. */
    from(row: WithoutRelations<InstanceOf<Class>>, options?: FormContext & {
        readonly id?: string;
    }): Promise<DisplayForm<Data>>;
    /** Keeps the files of a form that is shown again. */
    protected read(sent: SentValues, context: FormContext): Promise<SentForm>;
    /** Makes a form that was sent and can be saved. */
    protected create(parts: SentParts): SentForm;
    /** Carries the version of the row on. */
    protected hiddenOf(sent: SentValues): Readonly<Record<string, string>>;
    /** Makes slugs that were left blank. */
    protected complete(values: Record<string, unknown>): void;
}

/** The functions `form()` and `modelForm()` of an application. */
export interface Forms {
    /** Makes a form of fields by name. */
    form<const Fields extends FieldRecord>(fields: Fields, options?: FormOptions<ValuesOf<Fields>>): Form<ValuesOf<Fields>>;
    /** Makes a form of a model. */
    modelForm<Class extends FormModel, const Name extends ModelFieldName<Class>, const Extra extends FieldRecord = {}, const Sets extends FieldRecord = {}>(model: Class, options: ModelFormOptions<Class, Name, Extra, Sets>): ModelForm<ModelFormData<Class, Name, Extra, Sets>, Class, Name>;
}

/** What a check of one value knows besides the value. */
export interface CheckContext {
    /** Name of the field in the form. */
    readonly name: string;
    /** IANA name of the time zone of the person who fills in the form. */
    readonly timeZone: string;
}

/** One row that a relation can choose. */
export interface ChoiceRow {
    /** Key of the row, as text. */
    readonly key: string;
    /** What people see. */
    readonly label: string;
}

/** Names of the built-in controls that a field can be switched to. */
export type ControlName = "textarea" | "radio" | "select" | "checkboxes" | "hidden";

/** Checks one value. Returns a sentence that says how to correct it, or undefined. */
export type FieldCheck<Value> = (value: Value, context: CheckContext) => string | undefined | Promise<string | undefined>;

/** A field as readers and controls see it. */
export interface FieldDefinition {
    /** Type of the field. */
    readonly type: FieldType;
    /** The options as they were written. */
    readonly options: AnyFieldOptions;
    /** Whether a value must be sent. */
    readonly isRequired: boolean;
    /** Labels by key, of a choice. */
    readonly choices: Readonly<Record<string, string>>;
    /** Fields inside a group or of each row of a set. */
    readonly fields: FieldDefinitions;
    /** Rows of the model that a relation chooses from. */
    readonly source: RowSource | undefined;
}

/** Fields by name, in their order. */
export type FieldDefinitions = ReadonlyMap<string, FieldDefinition>;

/** Options that every field has. */
export interface FieldOptions<Value = unknown> {
    /** Name for people. By default the name of the field as words. */
    readonly label?: string;
    /** Sentence between the label and the control. None by default. */
    readonly help?: string;
    /** Whether the field may stay blank. Default false. */
    readonly optional?: boolean;
    /** Value of a blank form. None by default. */
    readonly initial?: Value | (() => Value);
    /** Whether the field only shows its initial value; what is sent for it is ignored. Default false. */
    readonly disabled?: boolean;
    /** Value of the HTML attribute `autocomplete`, such as "given-name". None by default. */
    readonly autocomplete?: string;
    /** Example in the blank control. None by default. */
    readonly placeholder?: string;
    /** Another control: the name of a built-in one, or a function. By default the control of the type. */
    readonly widget?: Widget | ControlName;
    /** Further attributes of the control. None by default. */
    readonly attributes?: Readonly<Record<string, string | number | boolean>>;
    /** Messages by code that replace the built-in ones. None by default. */
    readonly messages?: Readonly<Record<string, string>>;
    /** Check of the value, after the rules of the type. None by default. */
    readonly validate?: FieldCheck<NoNull<Value>> | ReadonlyArray<FieldCheck<NoNull<Value>>>;
    /** Reads the value from the strings that a custom widget sends, by the part of the name after the dot. By default one control sends one value. */
    readonly parse?: (texts: Readonly<Record<string, string>>) => string | undefined;
}

/** Types of fields, in the order of the documentation. */
export type FieldType = "text" | "email" | "url" | "password" | "slug" | "uuid" | "color" | "tel" | "int" | "bigint" | "number" | "decimal" | "boolean" | "choice" | "choices" | "date" | "time" | "datetime" | "json" | "list" | "relation" | "relations" | "file" | "files" | "group" | "set";

/** What reading a form needs to know of its request. */
export interface FormContext {
    /** IANA name of the time zone that dates with times are typed in. Default: that of the application. */
    readonly timeZone?: string;
    /** Looks up a message, such as `gable.form.too_long`, in the language of the request. By default messages are English. */
    readonly translate?: (key: string, params: MessageParams) => string | undefined;
}

/** Values for the holes of a message. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** Where the rows of a relation come from. */
export interface RowSource {
    /** Rows to choose from, at most `limit`. */
    list(limit: number): Promise<readonly ChoiceRow[]>;
    /** The rows of some keys, in the order of the keys; those that may not be chosen are left out. */
    find(keys: readonly string[]): Promise<readonly unknown[]>;
    /** The key of a row, or of a key as it is. */
    keyOf(row: unknown): string;
}

/** Draws the control of a field. `attributes` are the ones that the built-in control would have. */
export type Widget = (field: WidgetField, attributes: Attributes) => Html;

/** What a widget can read of its field. */
export interface WidgetField {
    /** Name that the control sends. */
    readonly name: string;
    /** Id of the control. */
    readonly id: string;
    /** Label as plain text. */
    readonly labelText: string;
    /** Text that the control shows; "" for a blank field. */
    readonly value: string;
    /** Selected keys, of a field with several values. */
    readonly values: readonly string[];
    /** Labels by key, of a field with choices. */
    readonly choices: Readonly<Record<string, string>>;
    /** Messages about the value that was sent. */
    readonly messages: readonly string[];
    /** Whether the field must have a value. */
    readonly isRequired: boolean;
    /** Whether the field cannot be changed. */
    readonly isDisabled: boolean;
}

/** Options of checkboxes. */
export interface BooleanOptions extends FieldOptions<boolean> {
    /** Whether the box must be ticked, as for terms of use. Default false. */
    readonly mustBeTrue?: boolean;
    /** Whether the answer may be unknown, which gives null and a list to choose from. Default false. */
    readonly unknown?: boolean;
}

/** Options of a choice. */
export interface ChoiceOptions<Key extends string> extends FieldOptions<Key> {
    /** Another control. By default radio buttons for up to 5 required choices, otherwise a list. */
    readonly widget?: Widget | ControlName;
}

/** Options of several choices. */
export interface ChoicesOptions<Key extends string> extends FieldOptions<readonly Key[]> {
    /** Fewest choices. By default 1, or 0 when the field is optional. */
    readonly min?: number;
    /** Most choices. All by default. */
    readonly max?: number;
}

/** Options of days. */
export interface DateOptions extends FieldOptions<string> {
    /** First day, as `2026-11-20`. None by default. */
    readonly min?: string;
    /** Last day. None by default. */
    readonly max?: string;
}

/** Options of dates with a time. */
export interface DatetimeOptions extends FieldOptions<Date> {
    /** First instant. None by default. */
    readonly min?: Date;
    /** Last instant. None by default. */
    readonly max?: Date;
    /** Whether seconds can be typed. Default false. */
    readonly seconds?: boolean;
}

/** Options of decimal numbers. */
export interface DecimalOptions extends FieldOptions<string> {
    /** Most digits in all, 1 to 38. */
    readonly digits: number;
    /** Digits after the point, 0 to `digits`. */
    readonly scale: number;
    /** Smallest value. None by default. */
    readonly min?: string;
    /** Largest value. None by default. */
    readonly max?: string;
}

/** Options of a file. */
export interface FileOptions extends Omit<FieldOptions<never>, "initial" | "validate"> {
    /** Accepted media types, such as "image/png" or "image/*". Any by default. */
    readonly accept?: readonly string[];
    /** Largest file, in bytes. Default 10_485_760 (10 MiB). */
    readonly bytesMax?: number;
    /** Name of the stored file that a new one would replace. With it, an optional field shows a box that removes the file. */
    readonly initial?: string | (() => string);
}

/** Options of several files. */
export interface FilesOptions extends Omit<FileOptions, "initial"> {
    /** Fewest files. By default 1, or 0 when the field is optional. */
    readonly min?: number;
    /** Most files. Default 20. */
    readonly max?: number;
}

/** Options of a group. */
export interface GroupOptions extends Pick<FieldOptions, "label" | "help" | "optional" | "messages"> {
}

/** Options of JSON. */
export interface JsonOptions<Value> extends FieldOptions<Value> {
    /** Checks and types the value: any Standard Schema. By default every JSON value is allowed. */
    readonly schema?: StandardSchema<unknown, Value>;
    /** Height of the control in lines. Default 5. */
    readonly lines?: number;
}

/** Options of numbers. */
export interface NumberOptions<Value> extends FieldOptions<Value> {
    /** Smallest value. None by default. */
    readonly min?: Value;
    /** Largest value. None by default. */
    readonly max?: Value;
    /** Distance of the values that are allowed, from the smallest one or 0. By default 1 for whole numbers, and any for others. */
    readonly step?: number;
}

/** Options of passwords. */
export interface PasswordOptions extends Omit<FieldOptions<string>, "initial"> {
    /** Fewest characters. None by default. */
    readonly min?: number;
    /** Most characters. By default 4,096 bytes. */
    readonly max?: number;
    /** Tells password managers whether to fill in a password or to make one. Default "current". */
    readonly purpose?: "current" | "new";
}

/** Options of a relation. */
export interface RelationOptions extends Omit<FieldOptions<never>, "initial" | "validate"> {
    /** Query of the rows that can be chosen. All rows by default. */
    readonly query?: () => unknown;
}

/** Options of several rows. */
export interface RelationsOptions extends RelationOptions {
    /** Fewest rows. By default 1, or 0 when the field is optional. */
    readonly min?: number;
    /** Most rows. All by default. */
    readonly max?: number;
}

/** Options of a set. */
export interface SetOptions extends Pick<FieldOptions, "label" | "help" | "optional" | "messages"> {
    /** Fewest rows. Default 0. */
    readonly min?: number;
    /** Most rows. Default 100. */
    readonly max?: number;
    /** Blank rows that a form begins with. Default 1. */
    readonly blankRows?: number;
    /** Name of one row, for its legend and the button that adds one. By default the label. */
    readonly rowLabel?: string;
    /** Whether rows have a number that gives their order. Default false. */
    readonly ordered?: boolean;
}

/** Options of texts. Lengths are counted in characters (code points). */
export interface TextOptions extends FieldOptions<string> {
    /** Fewest characters. None by default. */
    readonly min?: number;
    /** Most characters. None by default. */
    readonly max?: number;
    /** Pattern that the text must match. None by default. */
    readonly pattern?: RegExp;
    /** Whether blanks at both ends are removed. Default true. */
    readonly trim?: boolean;
    /** Height of the control in lines; with it the text may have several lines. One line by default. */
    readonly lines?: number;
}

/** Options of times of day. */
export interface TimeOptions extends FieldOptions<string> {
    /** First time, as `10:12`. None by default. */
    readonly min?: string;
    /** Last time. None by default. */
    readonly max?: string;
    /** Whether seconds can be typed. Default false. */
    readonly seconds?: boolean;
}

/** Fields by name: those of `gable/forms`, and those of `gable/data`. */
export type FieldRecord = Readonly<Record<string, {
    readonly kind: "field" | "column";
}>>;

/** Values of fields by name. The empty part lets editors show the result instead of its name. */
export type ValuesOf<Fields> = {
    -readonly [Name in keyof Fields]: Fields[Name] extends {
        readonly value: infer Value;
    } ? Value : never;
} & {};

/** What a check says: nothing, one sentence, or sentences by field. */
export type CheckMessages<Data> = string | {
    readonly [Name in FieldName<Data>]?: string | undefined;
} | undefined;

/** Messages and controls for all forms of an application. */
export interface FormDefaults {
    /** Messages by code. None by default. */
    readonly messages?: Readonly<Record<string, string>>;
    /** Controls by type of field. None by default. */
    readonly widgets?: Widgets;
}

/** Options of a form. */
export interface FormOptions<Data> {
    /** Start of all ids: letters, digits and hyphens. Default "form". */
    readonly name?: string;
    /** "get" reads the query string, for search pages. Default "post". */
    readonly method?: "post" | "get";
    /** Checks of several fields, each when its fields are right. None by default. */
    readonly rules?: ReadonlyArray<FormRule<Data>>;
    /** Check of the whole form, when everything else is right. A single sentence is an error of the form. None by default. */
    readonly validate?: (data: Data) => CheckMessages<Data> | Promise<CheckMessages<Data>>;
    /** Messages by code that replace the built-in ones. None by default. */
    readonly messages?: Readonly<Record<string, string>>;
    /** Controls by type of field that replace the built-in ones. None by default. */
    readonly widgets?: Widgets;
}

/** A check of several fields. */
export interface FormRule<Data> {
    /** Fields that must be right before the check runs. A single sentence is an error of the last one. */
    readonly on: ReadonlyArray<FieldName<Data>>;
    /** Returns the errors, or undefined. */
    readonly check: (data: Data) => CheckMessages<Data> | Promise<CheckMessages<Data>>;
}

/** Values of a form. */
export type FormValues<Of> = Of extends {
    readonly $sent: infer Sent;
} ? Sent extends {
    readonly valid: true;
    readonly data: infer Data;
} ? Data : never : never;

/** A form that was sent. */
export type SentFormOf<Data> = ValidForm<Data> | InvalidForm<Data>;

/** Controls by type that replace the built-in ones. */
export type Widgets = Readonly<Partial<Record<FieldType, Widget>>>;

/** Options of a set of rows. */
export interface InlineSetOptions<Name extends string> {
    /** Fields of each row. */
    readonly fields: readonly Name[];
    /** What the form says otherwise than the model. None by default. */
    readonly override?: {
        readonly [Each in Name]?: FieldOverride;
    };
    /** Relation of the rows that leads to the row of the form. Needed where there are several. */
    readonly by?: string;
    /** Name for people. By default the plural of the model. */
    readonly label?: string;
    /** Sentence below the label. None by default. */
    readonly help?: string;
    /** Fewest rows. Default 0. */
    readonly min?: number;
    /** Most rows. Default 100. */
    readonly max?: number;
    /** Blank rows that a form begins with. Default 1. */
    readonly blankRows?: number;
    /** Whole-number field that keeps the order of the rows; the form asks for it. None by default. */
    readonly ordered?: string;
}

/** Options of a model form. */
export interface ModelFormOptions<Class, Name extends string, Extra, Sets> extends Omit<FormOptions<ModelFormData<Class, Name, Extra, Sets>>, "method"> {
    /** Columns and relations of the model, in the order of the form. */
    readonly fields: readonly Name[];
    /** What the form says otherwise than the model, by field. None by default. */
    readonly override?: {
        readonly [Each in Name]?: FieldOverride;
    };
    /** Further fields, which `save()` does not store. None by default. */
    readonly extra?: Extra;
    /** Sets of rows that belong to the row: `{ photos: inlineSet(Photo, { fields: [...] }) }`. None by default. */
    readonly sets?: Sets;
}

/** What a form says about a field that its model says otherwise. */
export type FieldOverride = Omit<FieldOptions<never>, "optional" | "validate" | "initial"> & Pick<AnyFieldOptions, "lines" | "trim" | "step" | "query" | "validate" | "initial" | "seconds" | "accept" | "bytesMax">;

/** A model class that has a form. */
export interface FormModel {
    /** Name of the class. */
    readonly name: string;
    /** What is known of the model. */
    readonly $meta: ModelMeta;
    /** The fields as they were written. */
    readonly $fields: object;
    /** What its rows inherit. */
    readonly prototype: object;
    /** Makes rows. */
    new (): object;
}

/** What a form of a model lacks for a new row: exactly that is needed by `save()`. */
export type MissingValues<Class, Names> = Omit<Insert<Class>, Names & string>;

/** Names that a form of a model can list: columns and relations. */
export type ModelFieldName<Class> = keyof FieldsOf<Class> & string;

/** The data of a model form: fields of the model, further fields, and sets. */
export type ModelFormData<Class, Names, Extra, Sets> = ModelValues<Class, Names> & (Extra extends FieldRecord ? ValuesOf<Extra> : {}) & (Sets extends FieldRecord ? ValuesOf<Sets> : {});

/** Values of some fields of a model, with the types of the model. */
export type ModelValues<Class, Names> = {
    -readonly [Name in Names & keyof FieldsOf<Class>]: ModelFieldValue<FieldsOf<Class>[Name]>;
} & {};

/** Arguments of `save()`: none when nothing is missing. */
export type SaveArguments<Missing> = {} extends Missing ? [values?: Missing] : [values: Missing];

/** A form of a model that was sent. */
export type SentModelForm<Data, Class, Names> = ValidModelForm<Data, Class, Names> | InvalidForm<Data>;

/** A valid form of a model. */
export interface ValidModelForm<Data, Class, Names> extends ValidForm<Data> {
    /**
     * Stores a new row with its sets, all or nothing. `values` are those that the form does not have. Returns null when the database
     * refuses a value: the form is invalid then, and has the errors.
     */
    save(...values: SaveArguments<MissingValues<Class, Names>>): Promise<InstanceOf<Class> | null>;
    /**
     * Keeps the new files for an hour, so that the form shows them again. Call it before you show a form to which you added an error.
     * Throws `E_STORAGE_DISABLED` and `E_STORAGE_UNAVAILABLE`.
     */
    keepFiles(): Promise<void>;
    /** Stores the values in a row that exists, with its sets, all or nothing. Returns null as `save()` does. */
    saveTo(row: WithoutRelations<InstanceOf<Class>>, values?: Partial<MissingValues<Class, Names>>): Promise<InstanceOf<Class> | null>;
}

/** A row of a model class. */
export type ModelRow<Model> = Model extends new () => infer Row ? Row : never;

/** A model class, as relations see it. */
export interface RelationModel {
    /** Name of the class. */
    readonly name: string;
    /** What is known of the model. */
    readonly $meta: ModelMeta;
    /** Makes rows. */
    new (): object;
}

/** What a form is read from: forms of HTTP, of the platform, or a plain object. */
export type FormSource = Iterable<readonly [string, string]> | URLSearchParams | FormData | Readonly<Record<string, unknown>>;

/** The interface of Standard Schema and Standard JSON Schema, version 1. */
export interface FieldStandard<Value> {
    /** Version of the standard. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: "gable";
    /** Checks a value. */
    readonly validate: (value: unknown) => Promise<StandardResult<Value>>;
    /** Gives the JSON Schema. */
    readonly jsonSchema: {
        readonly input: () => Record<string, unknown>;
        readonly output: () => Record<string, unknown>;
    };
    /** Carries the types; never set. */
    readonly types?: {
        readonly input: Value;
        readonly output: Value;
    } | undefined;
}

/** One problem, with the code of the rule besides what the standard asks for. */
export interface StandardIssue {
    /** Sentence that says how to correct it. */
    readonly message: string;
    /** Names that lead to the field; none for the whole. */
    readonly path?: readonly string[];
    /** Code for programs, such as `E_TOO_LONG`. */
    readonly code: string;
}

/** What a check gives. */
export type StandardResult<Value> = {
    readonly value: Value;
    readonly issues?: undefined;
} | {
    readonly issues: readonly StandardIssue[];
};

/** Members that valid and invalid forms have in common. */
export interface CheckedForm<Data> extends DisplayForm<Data> {
    /** Status for the reply that shows the form: 422 with errors, 409 for a row that someone else has changed, 200 otherwise. */
    readonly status: 200 | 409 | 422;
    /** Adds an error to a field, or to the whole form with null. The form is then invalid. Throws `E_FIELD_UNKNOWN`. */
    addError(field: (keyof Data & string) | (string & {}) | null, message: string, options?: {
        readonly code?: string;
    }): void;
    /** Whether the user asked to remove the stored file of a field. */
    isCleared(field: keyof Data & string): boolean;
}

/** Additional attributes of a control by name; undefined and false omit one. */
export type ControlAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A field of a form on a page. As a whole it is markup; you can also place its parts one by one. */
export interface DisplayField extends Renderable {
    /** Name that the control sends. */
    readonly name: string;
    /** ID of the control, or of the `fieldset`. */
    readonly id: string;
    /** The label, or the legend of a field with several controls. */
    readonly label: Html;
    /** Label as plain text. */
    readonly labelText: string;
    /** The help; "" without any. */
    readonly help: Html | "";
    /** The errors; "" without any. */
    readonly errors: Html | "";
    /** The errors as plain text. */
    readonly messages: readonly string[];
    /** Text that the control shows; "" for a blank field. */
    readonly value: string;
    /** Strings of a field with several values. */
    readonly values: readonly string[];
    /** Whether the value is invalid. */
    readonly isInvalid: boolean;
    /** Whether the field must have a value. */
    readonly isRequired: boolean;
    /** Returns the control, with additional attributes if you pass any. */
    control(attributes?: ControlAttributes): Html;
    /** Fields of a group, by name. */
    readonly fields: Readonly<Record<string, DisplayField>>;
    /** Rows of a set. */
    readonly rows: readonly DisplayRow[];
}

/** A form on a page. In a template, `{{ form }}` is the summary of its errors and all its fields. */
export interface DisplayForm<Data = unknown> extends Renderable {
    /** Name of the form. */
    readonly name: string;
    /** Fields by name. */
    readonly fields: {
        readonly [Name in keyof Data]: DisplayField;
    };
    /** The summary of the errors, with a link to each field; "" without errors. */
    readonly summary: Html | "";
    /** Hidden values that belong to the form, for example the version of a row. Place them if you place fields one by one. */
    readonly hidden: readonly Html[];
    /** Script that adds rows of sets in the browser, with the nonce of the page; "" without sets. Place it once, after the form. */
    readonly script: Html | "";
    /** Returns all errors, or those of one field. */
    errors(name?: string): readonly FormError[];
    /** Returns the string that a field shows; "" for a blank field. */
    value(name: string): string;
    /** Returns a field by its full name, for example `address.street`; undefined if it does not exist. */
    find(name: string): DisplayField | undefined;
    /** Returns the same form with other IDs, for a second copy on one page. */
    withId(id: string): DisplayForm<Data>;
    /** Returns the `form` element with all fields and a button. */
    render(options?: RenderOptions): Html;
}

/** A row of a set on a page. */
export interface DisplayRow {
    /** Start of the names in the row, for example `photos.0`. */
    readonly name: string;
    /** Key of the stored row; "" for a new one. */
    readonly key: string;
    /** Fields of the row, by name. */
    readonly fields: Readonly<Record<string, DisplayField>>;
}

/** One error of a form. */
export interface FormError {
    /** Name of the field, for example `address.street`; null for the whole form. */
    readonly field: string | null;
    /** Stable name of the rule, for example `too_long`. */
    readonly code: string;
    /** Sentence that says how to correct it. */
    readonly message: string;
    /** Values of the rule, for example `{ max: 200, count: 214 }`. */
    readonly params: Readonly<Record<string, string | number>>;
}

/** A form with errors, or one whose rows were changed by a button. Reading `data` throws `E_FORM_NOT_VALID`. */
export interface InvalidForm<Data> extends CheckedForm<Data> {
    /** Distinguishes it from a valid form. */
    readonly valid: false;
}

/** Options for rendering a whole form. */
export interface RenderOptions {
    /** URL that the form is sent to. By default, the URL of the page. */
    readonly action?: string;
    /** Text of the button. Default "Save". */
    readonly submit?: string;
    /** Prefix of all IDs, for a second copy of the form on one page. By default, the name of the form. */
    readonly id?: string;
    /** Additional attributes of the `form` element. None by default. */
    readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A form whose values are all valid. */
export interface ValidForm<Data> extends CheckedForm<Data> {
    /** Distinguishes it from an invalid form. */
    readonly valid: true;
    /** The values. */
    readonly data: Data;
}

/** An upload that a storage keeps. */
export interface SavedUpload {
    /** Where it is: a random name below the year and the month, with the extension of its type. Never the name of the client. */
    readonly key: string;
    /** Size in bytes. */
    readonly bytes: number;
    /** Media type. */
    readonly type: string;
    /** SHA-256 of the content, in hex. */
    readonly sha256: string;
}

/** Options of `saveTo(storage)`. */
export interface SaveUploadOptions {
    /** Start of the key, such as `covers`: the key is `covers/2026/11/….png`. None by default. */
    readonly prefix?: string;
}

/** A file of a form. It is deleted when the request ends: save or read it before. */
export interface UploadedFile {
    /** Name from the client. It is untrusted: never use it as a path. */
    readonly fileName: string;
    /** Media type, detected from the content where possible, otherwise the client's claim. */
    readonly type: string;
    /** Size in bytes. */
    readonly sizeBytes: number;
    /** Whether the type was detected from the content. */
    readonly isSniffed: boolean;
    /** Yields the content in pieces. You can call it more than once. */
    stream(): AsyncGenerator<Uint8Array>;
    /** Returns the whole content. */
    bytes(): Promise<Uint8Array>;
    /** Returns the content as UTF-8 text. Throws `E_UPLOAD_TOO_LARGE` and `E_UPLOAD_NOT_TEXT`. */
    text(options: UploadTextOptions): Promise<string>;
    /**
     * Saves the content under a path that you choose. The operation is atomic: Gable writes a file next to the path and
     * renames it. An existing file is replaced.
     */
    saveTo(path: string): Promise<void>;
    /** Saves the content in a storage, under a new random key. Throws what `put()` of the storage throws. */
    saveTo(storage: UploadTarget, options?: SaveUploadOptions): Promise<SavedUpload>;
}

/** Where uploads can be saved: a storage of `gable/storage`. */
export interface UploadTarget {
    /** Stores a file. */
    put(key: string, source: AsyncIterable<Uint8Array>, options: {
        readonly type: string;
    }): Promise<unknown>;
}

/** Options of `text()`. */
export interface UploadTextOptions {
    /** Largest upload to read, in bytes. Required. */
    readonly bytesMax: number;
}
