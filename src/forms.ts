export { createForms } from "./forms/create-forms.ts";
export { field } from "./forms/field.ts";
export { form, Form } from "./forms/form.ts";
export { FormField } from "./forms/form-field.ts";
export { inlineSet, InlineSet } from "./forms/inline-set.ts";
export { modelForm, ModelForm } from "./forms/model-form.ts";
export type { Forms } from "./forms/create-forms.ts";
export type {
  CheckContext,
  ChoiceRow,
  ControlName,
  FieldCheck,
  FieldDefinition,
  FieldDefinitions,
  FieldOptions,
  FieldType,
  FormContext,
  MessageParams,
  RowSource,
  Widget,
  WidgetField,
} from "./forms/definition.ts";
export type {
  BooleanOptions,
  ChoiceOptions,
  ChoicesOptions,
  DateOptions,
  DatetimeOptions,
  DecimalOptions,
  FileOptions,
  FilesOptions,
  GroupOptions,
  JsonOptions,
  NumberOptions,
  PasswordOptions,
  RelationOptions,
  RelationsOptions,
  SetOptions,
  TextOptions,
  TimeOptions,
} from "./forms/field-options.ts";
export type { FieldRecord, ValuesOf } from "./forms/field-values.ts";
export type { CheckMessages, FormDefaults, FormOptions, FormRule, FormValues, SentFormOf } from "./forms/form.ts";
export type { Widgets } from "./forms/form-plan.ts";
export type { InlineSetOptions } from "./forms/inline-set.ts";
export type { ModelFormOptions } from "./forms/model-form.ts";
export type {
  FieldOverride,
  FormModel,
  MissingValues,
  ModelFieldName,
  ModelFormData,
  ModelValues,
  SaveArguments,
  SentModelForm,
  ValidModelForm,
} from "./forms/model-types.ts";
export type { ModelRow, RelationModel } from "./forms/model-rows.ts";
export type { FormSource } from "./forms/sent-values.ts";
export type { FieldStandard, StandardIssue, StandardResult } from "./forms/standard.ts";
export type {
  CheckedForm,
  ControlAttributes,
  DisplayField,
  DisplayForm,
  DisplayRow,
  FormError,
  InvalidForm,
  RenderOptions,
  ValidForm,
} from "./handlers/form.ts";
export type { SavedUpload, SaveUploadOptions, UploadedFile, UploadTarget, UploadTextOptions } from "./handlers/uploaded-file.ts";
