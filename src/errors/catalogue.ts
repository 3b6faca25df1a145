/**
 * All error codes as data. A code is permanent: it may be deprecated, never reused.
 *
 * `status` is the HTTP answer, or the process's concern (500) for errors of the programmer at start.
 * The page `docs/reference/errors.md` is generated from this file.
 */

/** One row of the catalogue. */
interface CatalogueEntry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** What happened, in a few words that a client may see. */
  readonly title: string;
  /** One imperative sentence that mends it. */
  readonly fix: string;
  /** Version that introduced the code. */
  readonly since: string;
}

function entry(status: number, title: string, fix: string): CatalogueEntry {
  return Object.freeze({ status, title, fix, since: "0.1.0" });
}

const request = {
  E_HEAD_EMPTY_LINES: entry(400, "Too many empty lines before the request", "Send the request line first."),
  E_LINE_END_FORBIDDEN: entry(400, "A line does not end with CR LF", "End each line of the head with CR LF."),
  E_HEAD_BYTE_FORBIDDEN: entry(400, "Control byte in the head", "Remove control bytes from the head."),
  E_REQUEST_LINE_MALFORMED: entry(400, "Malformed request line", "Send `METHOD SP target SP HTTP/1.1`."),
  E_METHOD_MALFORMED: entry(400, "The method is not a token", "Use a method of RFC 9110, such as GET."),
  E_METHOD_TOO_LONG: entry(501, "The method is too long", "Use a method of at most 32 characters."),
  E_METHOD_UNKNOWN: entry(501, "Unknown method", "Use a method that the server knows; methods are case-sensitive."),
  E_METHOD_NOT_ALLOWED: entry(405, "Method not allowed", "Use one of the methods that the Allow field lists."),
  E_METHOD_TRACE: entry(405, "TRACE is not allowed", "Use another method; no route takes TRACE."),
  E_METHOD_TRACE_BODY: entry(400, "TRACE with a body", "Send TRACE without a body, or use another method."),
  E_METHOD_CONNECT: entry(501, "CONNECT is not supported", "Use another method; the server is no tunnel."),
  E_VERSION_UNSUPPORTED: entry(505, "HTTP version not supported", "Speak HTTP/1.1."),
  E_VERSION_MALFORMED: entry(400, "Malformed HTTP version", "End the request line with HTTP/1.1."),
  E_TARGET_TOO_LONG: entry(414, "The address is too long", "Shorten the address, or raise limits.targetBytesMax."),
  E_TARGET_BYTE_FORBIDDEN: entry(400, "Forbidden byte in the address", "Percent-encode the address."),
  E_TARGET_PATH_BYTE: entry(400, "Forbidden byte in the path", "Percent-encode the path."),
  E_TARGET_ASTERISK: entry(400, "The target * is for OPTIONS alone", "Send a path that starts with /."),
  E_TARGET_FORM: entry(400, "Unusable form of the request target", "Send a path that starts with /."),
  E_REQUEST_MISDIRECTED: entry(421, "Request for another connection", "Send https requests over TLS."),
  E_PATH_ENCODING: entry(400, "Broken percent-encoding in the path", "Encode the path as UTF-8 with %XX."),
  E_PATH_DOT_SEGMENT: entry(400, "Dot segment in the path", "Resolve . and .. before sending the path."),
  E_FIELD_MALFORMED: entry(400, "Malformed header field", "Write fields as `name: value`."),
  E_FIELD_FOLDED: entry(400, "Folded header field", "Write each field on one line."),
  E_FIELD_UNDERSCORE: entry(400, "Twin of a framing field", "Write framing fields with `-`, not `_`."),
  E_FIELD_REPEATED: entry(400, "Header field sent twice", "Send the field once."),
  E_HEAD_TOO_LARGE: entry(431, "The head is too large", "Send fewer or shorter fields, or raise limits.headBytesMax."),
  E_HOST_MISSING: entry(400, "Host is missing or empty", "Send exactly one Host field."),
  E_HOST_MALFORMED: entry(400, "Malformed Host", "Send `name` or `name:port` as Host."),
  E_HOST_UNKNOWN: entry(400, "Unknown host", "Add the host to the option `hosts`."),
  E_CONTENT_LENGTH_MALFORMED: entry(400, "Malformed Content-Length", "Send digits without leading zero, once."),
  E_FRAMING_CONFLICT: entry(400, "Conflicting framing", "Send Content-Length or Transfer-Encoding, not both."),
  E_TRANSFER_ENCODING_MALFORMED: entry(400, "Malformed Transfer-Encoding", "Send `chunked`, nothing else."),
  E_TRANSFER_ENCODING_UNKNOWN: entry(501, "Unknown transfer coding", "Use `chunked` alone."),
  E_EXPECTATION_UNKNOWN: entry(417, "Unknown expectation", "Send `Expect: 100-continue` or no Expect field."),
  E_CHUNK_SIZE_MALFORMED: entry(400, "Malformed chunk size", "Send 1 to 16 hex digits."),
  E_CHUNK_EXTENSION_MALFORMED: entry(400, "Malformed or long chunk extension", "Send chunks without extensions."),
  E_CHUNK_DATA_MALFORMED: entry(400, "Chunk data without its CR LF", "Send as many bytes as the chunk size says."),
  E_BODY_INCOMPLETE: entry(400, "The body ended early", "Send the whole body."),
  E_TRAILER_MALFORMED: entry(400, "Malformed or long trailer", "Send at most 20 trailer fields of 4 KiB in all."),
  E_TRAILER_FORBIDDEN: entry(400, "Forbidden trailer field", "Send framing and routing fields in the head."),
  E_HEAD_TIMEOUT: entry(408, "The head took too long", "Send the head within limits.headMs."),
  E_BODY_TIMEOUT: entry(408, "The body took too long", "Send the body faster, or raise limits.bodyMs."),
  E_BODY_TOO_SLOW: entry(408, "The body came too slowly", "Send faster, or lower limits.bodyBytesPerSecondMin."),
  E_BODY_TOO_LARGE: entry(413, "The body is too large", "Send less, or raise limits.bodyBytesMax of the route."),
  E_BODY_TYPE: entry(415, "Unsupported media type", "Send a Content-Type that the route accepts."),
  E_BODY_ENCODING: entry(415, "Unsupported content coding", "Send the body without Content-Encoding."),
  E_JSON_MALFORMED: entry(400, "Malformed JSON", "Send valid JSON in UTF-8."),
  E_JSON_DEPTH: entry(400, "JSON nested too deep", "Send JSON of at most 64 levels."),
  E_JSON_KEY_FORBIDDEN: entry(400, "Forbidden key in JSON", "Remove keys named __proto__."),
  E_FORM_MALFORMED: entry(400, "Malformed form", "Send a well-formed form in UTF-8."),
  E_FORM_TOO_LARGE: entry(413, "The form is too large", "Send fewer or shorter fields, or raise the form's limits."),
  E_MULTIPART_MALFORMED: entry(400, "Malformed multipart body", "Send multipart/form-data as in RFC 7578."),
  E_MULTIPART_TOO_LARGE: entry(413, "The multipart body is too large", "Send fewer or smaller parts."),
  E_QUERY_TOO_LARGE: entry(400, "Too many query parameters", "Send at most 1,000 query parameters."),
  E_QUERY_INVALID: entry(400, "The query cannot be used", "Correct the parameters that `errors` lists."),
  E_INPUT_INVALID: entry(422, "The input cannot be used", "Correct the fields that `errors` lists."),
  E_COOKIES_TOO_MANY: entry(400, "Too many cookies", "Delete the cookies of the site."),
  E_PROXY_HEADER_MALFORMED: entry(400, "Malformed forwarding header", "Mend the proxy's forwarding headers."),
  E_REQUEST_CROSS_SITE: entry(
    403,
    "Request from another site",
    "Send it from the own origin, or list the origin in security.trustedOrigins.",
  ),
  E_ROUTE_NOT_FOUND: entry(404, "Not found", "Check the address, or add a route for it."),
} as const;

const reply = {
  E_CLIENT_GONE: entry(499, "The client left", "Stop the work when `signal` aborts."),
  E_HANDLER_TIMEOUT: entry(503, "The answer took too long", "Make the handler faster, or raise limits.handlerMs."),
  E_SERVER_STOPPING: entry(503, "The server is stopping", "Send the request again."),
  E_SERVER_FULL: entry(503, "Too many connections", "Try again later, or raise limits.connectionsMax."),
  E_HEADER_NAME_FORBIDDEN: entry(500, "A header name is not a token", "Use letters, digits and `-` in header names."),
  E_HEADER_VALUE_FORBIDDEN: entry(
    500,
    "Forbidden character in a header value",
    "Encode the value; only HTAB, 0x20-0x7E and 0x80-0xFF may stand in it.",
  ),
  E_HEADER_RESERVED: entry(500, "The engine owns this header", "Remove it; the engine writes it."),
  E_COOKIE_INVALID: entry(500, "The cookie cannot be sent", "Correct the name, the value or the options of the cookie."),
  E_REPLY_LENGTH_MISMATCH: entry(500, "The body has another length than promised", "Give the true Content-Length, or none."),
  E_REPLY_INVALID: entry(500, "The reply cannot be sent", "Return a status from 200 to 599 and a body of a known kind."),
  E_REPLY_STALLED: entry(500, "The client stopped reading", "Nothing; the connection was closed."),
  E_REDIRECT_UNSAFE: entry(500, "Unsafe redirect target", "Redirect to a path with one leading `/`, or list the host in `hosts`."),
  E_BODY_USED: entry(500, "The body was read before", "Read the body once, and pass on what it gave."),
  E_FILE_NOT_FOUND: entry(404, "No such file", "Check the path of the file."),
  E_FILE_ROOT_MISSING: entry(500, "file() needs a root", "Pass { root } so that the path cannot leave it."),
  E_RANGE_UNSATISFIABLE: entry(416, "Range not satisfiable", "Ask for a range inside the size."),
  E_INTERNAL: entry(500, "Something went wrong", "Read the log line with the request id."),
} as const;

const statuses = {
  E_BAD_REQUEST: entry(400, "Bad request", "Correct the request."),
  E_UNAUTHORIZED: entry(401, "Sign in first", "Send credentials."),
  E_FORBIDDEN: entry(403, "Not allowed", "Ask for the permission."),
  E_NOT_FOUND: entry(404, "Not found", "Check the address."),
  E_NOT_ACCEPTABLE: entry(406, "No acceptable form", "Accept one of the forms that the route offers."),
  E_CONFLICT: entry(409, "Conflict with the current state", "Load the current state and try again."),
  E_GONE: entry(410, "No longer here", "Remove links to this address."),
  E_PRECONDITION_FAILED: entry(412, "Precondition failed", "Load the current version and try again."),
  E_CONTENT_TOO_LARGE: entry(413, "Content too large", "Send less."),
  E_UNSUPPORTED_MEDIA_TYPE: entry(415, "Unsupported media type", "Send a type that the route accepts."),
  E_MISDIRECTED: entry(421, "Misdirected request", "Send the request to the right host."),
  E_UNPROCESSABLE: entry(422, "The input cannot be used", "Correct the input."),
  E_LOCKED: entry(423, "Locked", "Try again when the lock is released."),
  E_TOO_EARLY: entry(425, "Too early", "Send the request again after the handshake."),
  E_PRECONDITION_REQUIRED: entry(428, "Precondition required", "Send If-Match."),
  E_TOO_MANY_REQUESTS: entry(429, "Too many requests", "Wait as long as Retry-After says."),
  E_UNAVAILABLE: entry(503, "Not available now", "Try again later."),
  E_INSUFFICIENT_STORAGE: entry(507, "No space left", "Free space, or send less."),
} as const;

const programmer = {
  E_OPTION_UNKNOWN: entry(500, "Unknown option", "Correct the name of the option."),
  E_OPTION_INVALID: entry(500, "An option cannot be used", "Correct the value of the option."),
  E_LIMIT_INVALID: entry(500, "A limit cannot be used", "Give a whole number of at least 0 in the unit of the name."),
  E_MEDIA_TYPE_MALFORMED: entry(400, "Malformed media type", "Write `type/subtype; name=value`."),
  E_ROUTE_DUPLICATE: entry(500, "A route is defined twice", "Rename one pattern, or remove one of the two routes."),
  E_ROUTE_PARAM: entry(500, "A value does not fit its route parameter", "Pass a value that the converter of the parameter accepts."),
  E_ROUTE_UNBOUND: entry(500, "The route belongs to no application yet", "Add the route to gable({ routes }) before calling .url()."),
  E_ROUTE_BOUND_TWICE: entry(
    500,
    "The route belongs to two places",
    "Create one route value per place, for example in a function that makes routes.",
  ),
  E_ROUTE_NAME_UNKNOWN: entry(500, "Unknown name of a route", "Correct the name, or import the route and call its url()."),
  E_ROUTE_RESULT: entry(500, "The handler returned nothing usable", "Return Html, a string, an object, null or a reply."),
  E_PATTERN_MALFORMED: entry(500, "Malformed route pattern", "Write patterns as /static/:name/:id(int)/*rest."),
  E_PATTERN_NOT_LINEAR: entry(
    500,
    "A pattern's expression is not linear",
    "Rewrite the named part so that each text can be read in one way only.",
  ),
  E_CONVERTER_UNKNOWN: entry(500, "Unknown converter", "Use int, uuid, slug, path, date, or list the converter in gable({ converters })."),
  E_GROUP_PREFIX: entry(500, "The prefix of a group cannot be used", "Give a literal prefix, or create the routes with group.get(...)."),
  E_APP_STARTED: entry(500, "The application has started", "Add routes before listen(), fetch() or request()."),
  E_HOSTS_MISSING: entry(500, "Production needs a list of hosts", 'Pass gable({ hosts: ["example.com"] }), or listen on loopback.'),
  E_PROXY_LIST: entry(500, "The list of trusted proxies cannot be used", 'List addresses, CIDR blocks, "loopback", "private" or "unix".'),
  E_CSP_UNSAFE: entry(500, "The content security policy has an unsafe source", "Remove it, or give the reason in security.allowUnsafe."),
  E_CONTEXT_UNAVAILABLE: entry(500, "This part of the context is not enabled", "Enable the feature, or remove its use."),
  E_LISTEN: entry(500, "The server cannot listen", "Choose another port, host or path."),
  E_TLS_OPTIONS: entry(500, "The TLS options cannot be used", "Pass https: { key, cert } in PEM form."),
  E_VIEW_PLACE: entry(500, "A value stands where none may stand", "Move the value into text, or into an attribute in quotes."),
  E_VIEW_TAG_CALL: entry(500, "html was not used as a template tag", "Write html`...` with backticks."),
  E_VIEW_VALUE: entry(500, "A place got a value that it cannot show", "Pass a string, a number, Html, or an array of them."),
  E_VIEW_UNCLOSED: entry(
    500,
    "A template ends inside a tag or an element of text",
    "Close the quote, the tag or the element before the end.",
  ),
  E_VIEW_URL_TRUST: entry(500, "An address that loads code is not trusted", 'Use asset("app.js"), trustedUrl`...`, or a static start.'),
  E_VIEW_SYNTAX: entry(500, "A template file cannot be read", "Correct the tag that the message names."),
  E_VIEW_BRANCHES: entry(500, "Branches of a view end in different places", "Close each tag and each quote in the branch that opens it."),
  E_VIEW_NAME: entry(500, "A view uses a name that nobody declared", "Correct the name, or declare it with {% props %}."),
  E_VIEW_PROP: entry(500, "A view did not get the props that it declares", "Pass what the view needs, under the names that it declares."),
  E_VIEW_NOT_FOUND: entry(500, "There is no such view", "Correct the name, or add the file."),
  E_VIEW_PARTIAL: entry(500, "There is no such partial", "Correct the name, or add {% partialdef name %} to the file."),
  E_VIEW_BLOCK: entry(500, "There is no such block", "Correct the name of the block, or add it to the parent."),
  E_VIEW_UNSAFE: entry(500, "A view switches escaping off", "Mark single values with the filter safe, or set views.unsafe."),
  E_VIEW_STALE: entry(
    500,
    "Generated views are old and cannot be written",
    "Generate them before the start, or let the process write .gable/.",
  ),
  E_VIEW_HEADER_NEWLINE: entry(500, "A header of a mail has a line end", "Remove line ends from the value, or move it into the body."),
  E_VIEW_DEPTH: entry(500, "A view is nested too deep", "Check the data for a cycle."),
  E_VIEW_CACHE_KEY: entry(500, "A kept piece reads what its key does not know", "Name what it reads in vary, or move it out of the piece."),
  E_VIEW_CONTEXT: entry(500, "A view needs what is not there", "Render it in a request, or pass what it needs."),
  E_STATIC_DIRECTORY: entry(500, "The static directory cannot be served", "Create the directory, or correct the option `static`."),
  E_ASSET_UNKNOWN: entry(500, "Unknown asset", "Correct the name, or add the file to the static directory."),
} as const;

const data = {
  E_MODEL_INVALID: entry(500, "Models are defined in a wrong way", "Correct the mistakes that the message lists."),
  E_MODEL_TABLE: entry(500, "A table has a name that cannot be used", "Use letters, digits and underscores, at most 63."),
  E_MODEL_TABLE_DUPLICATE: entry(500, "Two models have one table", "Give one of them another table."),
  E_MODEL_PRIMARY: entry(500, "A model has no key, or two", "Add id: field.id(), or the option primary."),
  E_MODEL_OPTION: entry(500, "A model has no such option", "Correct the name of the option."),
  E_MODEL_VERSION: entry(500, "The version of a model is no whole number", "Use field.int({ default: 0, editable: false })."),
  E_FIELD_INVALID: entry(500, "A field is neither a column nor a relation", "Use a builder, or an arrow around a relation."),
  E_FIELD_NAME: entry(500, "A field or a column has a name that cannot be used", "Use letters, digits and underscores, at most 63."),
  E_FIELD_RESERVED: entry(500, "A field has a name that rows use themselves", "Choose another name."),
  E_FIELD_UNKNOWN: entry(500, "There is no such field", "Correct the name of the field."),
  E_FIELD_SECRET: entry(500, "A secret field is read by a schema", "Leave the field out of the schema."),
  E_FIELD_OPTION: entry(500, "A field has no such option", "Correct the name of the option."),
  E_FIELD_OPTION_VALUE: entry(500, "An option of a field has a wrong value", "Give a value that the option takes."),
  E_FIELD_DEFAULT: entry(500, "The default of a field is no value of it", "Give a value that the field itself takes."),
  E_FIELD_PATTERN: entry(500, "A pattern may take very long", "Leave out repetitions inside of repetitions, and back references."),
  E_FIELD_COLUMN_DUPLICATE: entry(500, "Two fields have one column", "Give one of them another column."),
  E_RELATION_TARGET: entry(500, "A relation leads to no model", "Give a model class that is opened, too."),
  E_RELATION_REVERSE: entry(500, "A relation has no way back, or several", "Add the relation back, or name one by the option by."),
  E_RELATION_OPTION: entry(500, "An option of a relation has a wrong value", "Give a value that the option takes."),
  E_RELATION_COLUMNS: entry(500, "A relation does not fit the key of its target", "Name one column for each field of the key."),
  E_VALUE_UNDEFINED: entry(500, "A value is undefined", "Leave the name out, or pass null."),
  E_VALUE_TYPE: entry(500, "A value is not of the type of its column", "Pass a value of the type that the field has."),
  E_VALUE_RANGE: entry(500, "A stored number is too large for its field", "Declare the field as field.bigint()."),
  E_SQL_NAME: entry(500, "A name for the database cannot be used", "Use a name that holds characters, and no NUL."),
  E_DATABASE_OPEN: entry(500, "The database cannot be opened", "Check its address, and that the process may write there."),
  E_DATABASE_CLOSED: entry(500, "The database is closed", "Ask before the application stops."),
  E_CONNECTION_RELEASED: entry(
    500,
    "A connection was used after it was given back",
    "Wait for all statements before the connection is given back.",
  ),
  E_POOL_TIMEOUT: entry(503, "The database is busy", "Try again; keep transactions short."),
  E_LOCK_TIMEOUT: entry(503, "Another process holds the database", "Try again; keep the writes of other processes short."),
} as const;

/** Every code with its status, title and fix. */
export const catalogue = Object.freeze({ ...request, ...reply, ...statuses, ...programmer, ...data });

/** A code of the catalogue. */
export type ErrorCode = keyof typeof catalogue;

/** Whether a code is one of the framework's own. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}
