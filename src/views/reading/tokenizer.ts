/**
 * Reads the static text of a template with the states of the HTML standard (WHATWG, section 13.2.5), and finds the
 * context of each hole. A whole start tag is read before its holes are decided, so the order of attributes does not
 * matter.
 * The state can be saved, restored and compared, so that the branches of a condition can be read one after the other.
 */
import type { AttributeClass, StaticAttributes } from "./attribute-table.ts";
import { classifyAttribute, classifyScript, isPrefixedCode, takesNonce } from "./attribute-table.ts";
import type { AttributeDraft, AttributePart, HolePart, InlineHandlers, Place, PlaceFault, TextPart } from "./places.ts";
import { decodeReferences, eachText, firstHole, kinds, placeAttribute, styleKind } from "./places.ts";
import { findRawEnd, findScriptEnd, foldBlanks } from "./raw-text.ts";
import type { ReaderState, TagDraft } from "./reader-state.ts";
import { describeState, findAddress, fixOf } from "./reader-state.ts";
import { behindScriptHole, findScriptFault, needsParentheses, scanScript, scriptStart } from "./script-state.ts";
import { behindStyleHole, scanStyle, styleElementStart } from "./style-state.ts";

/** What a template becomes: static text, and holes with their contexts. */
export type Part<Ref> = TextPart | HolePart<Ref>;

/** A control tag whose branches are being read. */
export interface BegunBranches<Ref> {
  /** The parts of the attribute value around it; undefined outside attributes. */
  readonly parts: Array<AttributePart<Ref>> | undefined;
  readonly branches: Array<Array<AttributePart<Ref>>>;
}

/** What the reader needs from the front end that uses it. */
export interface ReaderHost<Ref> {
  /** Reports a hole that is not allowed in its position. */
  readonly fail: PlaceFault<Ref>;
  /** Reports static text that cannot be read with certainty. */
  readonly failText: (reason: string, fix: string) => never;
  /** Stricter classes of attributes that the application has declared. */
  readonly attributes?: Readonly<Record<string, AttributeClass>>;
  readonly inlineHandlers?: InlineHandlers;
  /** Whether static comments are written. True by default. */
  readonly keepsComments?: boolean;
  /** Whether whitespace between and around tags is collapsed. False by default. */
  readonly foldBlanks?: boolean;
}

const rawElements = new Set(["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext", "title", "textarea"]);
const textElements = new Set(["title", "textarea"]);

/** The state of raw text outside of it. */
const outsideRawText = {
  rawElement: "",
  scriptContent: "code",
  script: scriptStart,
  style: styleElementStart,
  escape: "none",
  rawContent: "",
  isRawOpen: false,
} as const;

/** Reads text and holes in order and emits parts. */
export class HtmlReader<Ref> {
  /** The list that receives parts. A front end sets it to the list of the branch that it reads. */
  output: Array<Part<Ref>> = [];
  /** Where the last static text between tags begins in the string that {@link text} has read; undefined if there is none. */
  dataIndex: number | undefined;
  #state: ReaderState<Ref> = {
    mode: "data",
    word: "",
    tag: undefined,
    attribute: undefined,
    blanks: undefined,
    isSpaced: false,
    ...outsideRawText,
    isInHead: false,
    isInNoscript: false,
    preDepth: 0,
  };
  /** The list that receives parts of the open attribute's value: its own, or that of a branch in it. */
  #valueParts: Array<AttributePart<Ref>> | undefined;
  #branchDepth = 0;
  readonly #host: ReaderHost<Ref>;

  constructor(host: ReaderHost<Ref>) {
    this.#host = host;
  }

  /** A point to return to. */
  get state(): ReaderState<Ref> {
    return this.#state;
  }

  set state(state: ReaderState<Ref>) {
    this.#state = state;
  }

  /** Starts in the state of another template at the position of its block. */
  begin(state: ReaderState<Ref>, fail: (reason: string, fix: string) => never): void {
    this.#state = state;
    if (state.tag === undefined) return;
    const { attribute, tag } = state;
    const isPlain =
      attribute !== undefined && ["plain", "class", "enumerated"].includes(classifyAttribute(tag.name, attribute.name, tag.attributes));
    if (state.mode !== "value" || !isPlain)
      fail(`a block is ${describeState(state)}`, "Let the block contain the whole tag, or pass a value to the parent.");
    // A separate draft: what is read here belongs to another template.
    const parts: Array<AttributePart<Ref>> = [{ type: "text", text: "" }];
    this.#state = { ...state, tag: { ...tag, drafts: [], tagHoles: [] }, attribute: { ...attribute, parts, holes: 0, quote: '"' } };
    this.#valueParts = parts;
  }

  /** Records that a block is here: its replacement relies on double quotes. */
  noteBlock(): void {
    if (this.#state.mode === "value") this.#state.attribute!.holes++;
  }

  /** Whether the reader is between tags, where any kind of markup may begin. */
  get isInData(): boolean {
    return this.#state.mode === "data";
  }

  /** Reads static text. */
  text(chunk: string): void {
    let index = 0;
    this.dataIndex = undefined;
    while (index < chunk.length) index = this.#step(chunk, index);
  }

  /** Reads a hole. Returns its part, whose context is known when the surrounding tag has ended. */
  hole(ref: Ref): HolePart<Ref> {
    const part: HolePart<Ref> = { type: "hole", ref, place: undefined };
    this.#placeHole(part);
    return part;
  }

  /**
   * Moves to a point between attributes for a control tag: the current name or value has ended.
   * After a name, a space must follow, or the next text would become a part of it.
   */
  settle(): void {
    const { mode, word, attribute, blanks } = this.#state;
    if (mode === "rawText") return this.#settleRaw();
    if (mode === "comment") return this.#set({ word: /-+$/.exec(word)?.[0] ?? "" });
    if (mode === "tagName") this.#beginTag(word);
    else if (mode === "attributeName") this.#set({ mode: "afterAttributeName", word: "", attribute: { ...attribute!, name: word } });
    else if (mode === "unquotedValue") this.#endAttribute();
    else if (mode !== "afterAttributeName" && mode !== "afterValue" && mode !== "afterUnquotedHole" && mode !== "beforeAttribute") return;
    this.#settleBareAttribute();
    const isSeparate = mode === "afterValue" || mode === "beforeAttribute" || (mode === "afterAttributeName" && blanks !== undefined);
    // The space before a control tag stays, and separates a value at the start of a branch.
    const isSpaced = isSeparate && (blanks !== undefined || (mode === "beforeAttribute" && this.#state.isSpaced));
    this.#set({ mode: isSeparate ? "beforeAttribute" : "afterTagHole", attribute: undefined, blanks: undefined, isSpaced });
  }

  /** Begins a control tag with branches; returns what {@link endBranches} needs. */
  beginBranches(isLoop = false): BegunBranches<Ref> {
    const { mode, word } = this.#state;
    const isInRawEnd = mode === "rawText" && word !== "";
    if (isInRawEnd || mode === "tagOpen" || mode === "endTagOpen" || mode === "declaration" || mode === "beforeValue") {
      this.#host.failText(
        `a control tag is ${describeState(this.#state)}`,
        "Put it around the whole tag, or around the whole value inside its quotes.",
      );
    }
    const branches: Array<Array<AttributePart<Ref>>> = [];
    const parts = mode === "value" ? this.#valueParts : undefined;
    parts?.push({ type: "branches", branches, isLoop });
    this.#branchDepth++;
    return { parts, branches };
  }

  /** Begins one branch, in the state where the control tag began. */
  beginBranch({ parts, branches }: BegunBranches<Ref>): void {
    if (parts === undefined) return;
    this.#valueParts = [];
    branches.push(this.#valueParts);
  }

  /** Ends the branches. */
  endBranches({ parts }: BegunBranches<Ref>): void {
    this.#branchDepth--;
    this.#valueParts = this.#state.mode === "value" ? parts : undefined;
  }

  /** Describes the state: "inside an attribute of <a>". */
  describe(state: ReaderState<Ref> = this.#state): string {
    return describeState(state);
  }

  #set(change: Partial<ReaderState<Ref>>): void {
    this.#state = { ...this.#state, ...change };
  }

  #write(text: string): void {
    if (text === "") return;
    const last = this.output[this.output.length - 1];
    if (last?.type === "text" && !sealed.has(last)) last.text += text;
    else this.output.push({ type: "text", text });
  }

  /** Static text that later steps may change, and that receives no additions. */
  #writeSealed(text: string): TextPart {
    const part: TextPart = { type: "text", text };
    sealed.add(part);
    this.output.push(part);
    return part;
  }

  /** Reads from `index`; returns where to continue. */
  #step(chunk: string, index: number): number {
    const state = this.#state;
    switch (state.mode) {
      case "data":
        return this.#readData(chunk, index);
      case "rawText":
        return this.#readRawText(chunk, index);
      case "comment":
      case "bogusComment":
      case "doctype":
        return this.#readUntilEnd(chunk, index);
      case "declaration":
        return this.#readDeclaration(chunk, index);
      case "tagOpen":
        return this.#readTagOpen(chunk, index);
      case "endTagOpen":
        return this.#readEndTagOpen(chunk, index);
      case "tagName":
        return this.#readTagName(chunk, index);
      case "value":
        return this.#readValue(chunk, index);
      case "unquotedValue":
        return this.#readUnquotedValue(chunk, index);
      case "attributeName":
        return this.#readAttributeName(chunk, index);
      case "beforeValue":
        return this.#readBeforeValue(chunk, index);
      default:
        return this.#readInTag(chunk, index);
    }
  }

  #readData(chunk: string, index: number): number {
    this.dataIndex = index;
    const open = chunk.indexOf("<", index);
    this.#writeData(chunk.slice(index, open === -1 ? chunk.length : open));
    if (open === -1) return chunk.length;
    this.#set({ mode: "tagOpen" });
    return open + 1;
  }

  #writeData(text: string): void {
    const isFolded = this.#host.foldBlanks === true && this.#state.preDepth === 0;
    this.#write(isFolded ? foldBlanks(text) : text);
  }

  #readTagOpen(chunk: string, index: number): number {
    const character = chunk[index]!;
    if (character === "!") this.#set({ mode: "declaration", word: "" });
    else if (character === "/") this.#set({ mode: "endTagOpen" });
    else if (character === "?") {
      this.#write("<?");
      this.#set({ mode: "bogusComment" });
    } else if (/[A-Za-z]/.test(character)) {
      this.#write("<");
      this.#set({ mode: "tagName", word: "", tag: undefined });
      return index;
    } else {
      // A dropped comment must not join this one with what follows.
      this.#write(character === "<" ? "&lt;" : "<");
      this.#set({ mode: "data" });
      return index;
    }
    return index + 1;
  }

  #readEndTagOpen(chunk: string, index: number): number {
    const character = chunk[index]!;
    this.#write("</");
    if (/[A-Za-z]/.test(character)) {
      this.#set({ mode: "tagName", word: "/", tag: undefined });
      return index;
    }
    if (character === ">") {
      this.#write(">");
      this.#set({ mode: "data" });
      return index + 1;
    }
    this.#set({ mode: "bogusComment" });
    return index;
  }

  #readTagName(chunk: string, index: number): number {
    const end = findEnd(chunk, index, /[\t\n\f\r />]/g);
    const read = chunk.slice(index, end);
    this.#write(read);
    const word = this.#state.word + read.toLowerCase();
    if (end === chunk.length) this.#set({ word });
    else this.#beginTag(word);
    return end;
  }

  #beginTag(word: string): void {
    const isEnd = word.startsWith("/");
    const tag: TagDraft<Ref> = {
      name: isEnd ? word.slice(1) : word,
      isEnd,
      attributes: new Map(),
      drafts: [],
      tagHoles: [],
      branchDepth: this.#branchDepth,
    };
    this.#set({ mode: "beforeAttribute", word: "", tag, blanks: undefined, isSpaced: false });
  }

  /** An attribute is known to have no value if no equals sign has followed. */
  #settleBareAttribute(): void {
    const { mode, attribute } = this.#state;
    if (mode !== "afterAttributeName" || attribute === undefined) return;
    this.#noteAttribute(attribute.name, "");
    this.#set({ attribute: undefined });
  }

  /** Between attributes: whitespace, the end, or the next name. */
  #readInTag(chunk: string, index: number): number {
    const { mode, blanks } = this.#state;
    const character = chunk[index]!;
    if (/[\t\n\f\r ]/.test(character)) {
      if (mode === "selfClosing") this.#write("/");
      if (blanks !== undefined && mode !== "selfClosing") blanks.text += character;
      else this.#set({ blanks: this.#writeSealed(character) });
      if (mode !== "afterAttributeName") this.#set({ mode: "beforeAttribute" });
      return index + 1;
    }
    if (character === "=" && mode === "afterAttributeName") {
      // Whitespace between a name and its equals sign belongs to the attribute.
      const { attribute } = this.#state;
      if (blanks !== undefined) blanks.text = "";
      attribute!.head.text += "=";
      this.#set({ mode: "beforeValue", blanks: undefined });
      return index + 1;
    }
    this.#settleBareAttribute();
    if (character === ">") {
      this.#endTag(mode === "selfClosing" ? "/" : "");
      return index + 1;
    }
    if (mode === "selfClosing") this.#write("/");
    if (character === "/") {
      if (mode === "afterUnquotedHole" && chunk[index + 1] !== ">") return this.#failAfterHole(character);
      // The space before a value in the tag belongs to the value: without a value, one must separate the slash from
      // what is before.
      if (mode === "afterTagHole") this.#write(" ");
      this.#set({ mode: "selfClosing", attribute: undefined, blanks: undefined });
      return index + 1;
    }
    if (mode === "afterUnquotedHole" || mode === "afterTagHole") return this.#failAfterHole(character);
    this.#beginAttribute();
    return this.#readAttributeName(chunk, index, true);
  }

  #failAfterHole(character: string): never {
    this.#host.failText(
      `"${character}" is directly after a value in a tag`,
      "Put a space between them, or quotes around the whole value of the attribute.",
    );
  }

  #beginAttribute(): void {
    const { blanks } = this.#state;
    const head = blanks ?? this.#writeSealed("");
    const draft: AttributeDraft<Ref> = {
      name: "",
      parts: [],
      head,
      open: { type: "text", text: "" },
      close: { type: "text", text: "" },
      quote: "",
      holes: 0,
    };
    this.#set({ mode: "attributeName", word: "", attribute: draft, blanks: undefined });
  }

  #readAttributeName(chunk: string, index: number, isFirst = false): number {
    // An equals sign at the start belongs to the name.
    const end = findEnd(chunk, isFirst ? index + 1 : index, /[\t\n\f\r />=]/g);
    const read = chunk.slice(index, end);
    const attribute = this.#state.attribute!;
    attribute.head.text += read;
    const word = this.#state.word + read.toLowerCase();
    if (end === chunk.length) {
      this.#set({ word });
      return end;
    }
    const named = { ...attribute, name: word };
    if (chunk[end] === "=") {
      named.head.text += "=";
      this.#set({ mode: "beforeValue", word: "", attribute: named });
      return end + 1;
    }
    this.#set({ mode: "afterAttributeName", word: "", attribute: named });
    return end;
  }

  #readBeforeValue(chunk: string, index: number): number {
    const character = chunk[index]!;
    if (/[\t\n\f\r ]/.test(character)) return index + 1;
    const attribute = this.#state.attribute!;
    if (character === ">") {
      this.#noteAttribute(attribute.name, "");
      this.#endTag("");
      return index + 1;
    }
    this.#valueParts = attribute.parts;
    if (character === '"' || character === "'") {
      attribute.quote = character;
      attribute.open = this.#writeSealed(character);
      this.#set({ mode: "value" });
      return index + 1;
    }
    this.#set({ mode: "unquotedValue" });
    return index;
  }

  #readValue(chunk: string, index: number): number {
    const attribute = this.#state.attribute!;
    const close = chunk.indexOf(attribute.quote, index);
    this.#addValueText(chunk.slice(index, close === -1 ? chunk.length : close));
    if (close === -1) return chunk.length;
    attribute.close = this.#writeSealed(attribute.quote);
    this.#endAttribute();
    this.#set({ mode: "afterValue" });
    return close + 1;
  }

  #readUnquotedValue(chunk: string, index: number): number {
    const end = findEnd(chunk, index, /[\t\n\f\r >]/g);
    this.#addValueText(chunk.slice(index, end));
    if (end === chunk.length) return end;
    this.#endAttribute();
    this.#set({ mode: "beforeAttribute" });
    return end;
  }

  #addValueText(text: string): void {
    if (text !== "") this.#valueParts!.push(this.#writeSealed(text));
  }

  #endAttribute(): void {
    const { attribute, tag } = this.#state;
    this.#valueParts = undefined;
    const { name, parts, holes } = attribute!;
    const isStatic = holes === 0 && parts.every(({ type }) => type === "text");
    let text = "";
    eachText(parts, (part) => (text += part.text));
    this.#noteAttribute(name, isStatic ? decodeReferences(text) : undefined);
    if (holes > 0) tag!.drafts.push(attribute!);
    this.#set({ attribute: undefined });
  }

  /** The first of two attributes with one name counts, as in a browser. */
  #noteAttribute(name: string, value: string | undefined): void {
    const { attributes, branchDepth } = this.#state.tag!;
    const isCertain = this.#branchDepth === branchDepth;
    if (!attributes.has(name)) attributes.set(name, isCertain ? value : undefined);
  }

  #endTag(closing: string): void {
    const { tag, isInHead } = this.#state;
    const { name, isEnd, attributes, drafts } = tag!;
    const { fail, attributes: own, inlineHandlers = false } = this.#host;
    if (isPrefixedCode(name))
      this.#host.failText(`<${name}> has a prefix, and may be code in XML`, "Write the element without a prefix, below <svg xmlns=...>.");
    for (const draft of drafts) {
      if (isEnd) fail(firstHole(draft.parts)!.ref, `inside the end tag </${name}>`);
      if (draft.quote !== '"') this.#useDoubleQuotes(draft);
      placeAttribute(draft, classifyAttribute(name, draft.name, attributes, own), { element: name, attributes, fail, inlineHandlers });
    }
    for (const hole of tag!.tagHoles) {
      hole.place = {
        kind: kinds.attributes,
        element: name,
        attribute: "",
        tagAttributes: attributes,
        ...(own !== undefined && { ownClasses: own }),
      };
    }
    if (!isEnd && takesNonce(name, attributes)) {
      const place: Place = { kind: kinds.nonce, element: name, attribute: "nonce", ...findAddress(tag!) };
      this.output.push({ type: "hole", ref: nonceRef as Ref, place }); // The reader's own symbol, which no front end uses.
    }
    this.#write(`${closing}>`);
    this.#set({ mode: "data", tag: undefined, attribute: undefined, blanks: undefined });
    if (name === "head") this.#set({ isInHead: !isEnd });
    else if (name === "body") this.#set({ isInHead: false });
    else if (name === "pre") this.#set({ preDepth: Math.max(0, this.#state.preDepth + (isEnd ? -1 : 1)) });
    else if (name === "noscript") this.#set({ isInNoscript: !isEnd && isInHead });
    else if (!isEnd && rawElements.has(name)) this.#beginRawText(name, attributes);
  }

  #useDoubleQuotes(draft: AttributeDraft<Ref>): void {
    draft.open.text = '"';
    draft.close.text = '"';
    eachText(draft.parts, (part) => (part.text = part.text.replaceAll('"', "&quot;")));
  }

  #beginRawText(name: string, attributes: StaticAttributes): void {
    this.#set({
      ...outsideRawText,
      mode: "rawText",
      word: "",
      rawElement: name,
      scriptContent: name === "script" ? classifyScript(attributes) : "code",
    });
  }

  /** Raw text ends at its own end tag; inside `<!-- <script>` of a script, an end tag is text too. */
  #readRawText(chunk: string, index: number): number {
    const { rawElement, escape } = this.#state;
    if (rawElement === "plaintext") {
      this.#write(chunk.slice(index));
      return chunk.length;
    }
    const text = chunk.slice(index);
    const found = rawElement === "script" ? findScriptEnd(text, escape) : findRawEnd(text, rawElement);
    const content = text.slice(0, found.end);
    this.#scanRaw(content);
    this.#set({ rawContent: this.#state.rawContent + content });
    this.#write(content);
    if (!found.isClosed) {
      // A value after half an end tag could complete it.
      this.#set({ escape: found.escape, word: /<\/?[A-Za-z]*$/.exec(content)?.[0] ?? "" });
      return chunk.length;
    }
    this.#write(text.slice(found.end, found.end + 2));
    // After its end, none of its state remains: branches with and without a script end in the same state.
    this.#set({ ...outsideRawText, mode: "tagName", word: "/", tag: undefined });
    return index + found.end + 2;
  }

  #scanRaw(content: string): void {
    const { rawElement, script, style, scriptContent } = this.#state;
    if (rawElement === "style") {
      const next = scanStyle(style, content);
      this.#set({ style: next });
    }
    if (rawElement !== "script" || scriptContent === "other") return;
    const { follower, ...next } = scanScript(script, content);
    if (follower !== undefined) {
      this.#host.failText(
        `"${follower}" is directly after a value in a script`,
        "Put a comma, a semicolon, a closing bracket or the end of the line after the value.",
      );
    }
    this.#set({ script: next });
  }

  #readDeclaration(chunk: string, index: number): number {
    const word = this.#state.word + chunk[index]!;
    if (word === "-" || ("doctype".startsWith(word.toLowerCase()) && word.length < 7) || ("[CDATA[".startsWith(word) && word.length < 7)) {
      this.#set({ word });
      return index + 1;
    }
    if (word === "--") {
      if (this.#host.keepsComments !== false) this.#write("<!--");
      this.#set({ mode: "comment", word: "<!--" });
      return index + 1;
    }
    if (word === "[CDATA[") this.#host.failText("the HTML contains a CDATA section", "Use character references instead.");
    this.#write(`<!${word.slice(0, -1)}`);
    if (word.toLowerCase() === "doctype") {
      this.#write(chunk[index]!);
      this.#set({ mode: "doctype", word: "" });
      return index + 1;
    }
    this.#set({ mode: "bogusComment", word: "" });
    return index;
  }

  /** Comments, malformed comments and the doctype: up to their end. */
  #readUntilEnd(chunk: string, index: number): number {
    const { mode, word } = this.#state;
    if (mode !== "comment") {
      const close = chunk.indexOf(">", index);
      this.#write(chunk.slice(index, close === -1 ? chunk.length : close + 1));
      if (close !== -1) this.#set({ mode: "data" });
      return close === -1 ? chunk.length : close + 1;
    }
    // `word` holds the last characters before, since a chunk may end anywhere. The end of a comment may overlap its
    // start.
    const text = word + chunk.slice(index);
    const match =
      (text.startsWith("<!--") && /^<!---?>/.exec(text)) || /--!?>/.exec(word.startsWith("<!--") ? `    ${text.slice(4)}` : text);
    const end = match === null ? text.length : match.index + match[0].length;
    if (this.#host.keepsComments !== false) this.#write(text.slice(word.length, end));
    if (match === null) this.#set({ word: text.startsWith("<!--") && text.length < 6 ? text : text.slice(-3) });
    else this.#set({ mode: "data", word: "" });
    return index + end - word.length;
  }

  #placeHole(part: HolePart<Ref>): void {
    const { mode, attribute, tag } = this.#state;
    const fail = (reason: string, fix?: string): never => this.#host.fail(part.ref, reason, fix);
    switch (mode) {
      case "data":
        if (this.#state.isInNoscript) fail("inside <noscript> in the head");
        part.place = textPlace;
        break;
      case "rawText":
        part.place = this.#placeRaw(part.ref);
        break;
      case "comment":
        part.place = { kind: kinds.comment, element: "", attribute: "" };
        return;
      case "value":
        attribute!.holes++;
        this.#valueParts!.push(part);
        // The tag may end in another template, which does not know this hole: this context applies until more is known.
        part.place = { kind: kinds.attribute, element: tag!.name, attribute: attribute!.name };
        break;
      case "beforeValue":
        attribute!.open = this.#writeSealed('"');
        this.output.push(part);
        attribute!.close = this.#writeSealed('"');
        attribute!.quote = '"';
        attribute!.holes++;
        attribute!.parts.push(part);
        this.#endAttribute();
        this.#set({ mode: "afterUnquotedHole" });
        return;
      case "beforeAttribute":
      case "afterAttributeName":
        if (this.#state.blanks === undefined && !(mode === "beforeAttribute" && this.#state.isSpaced))
          fail(`directly after the name of <${tag!.name}> or an attribute of it`, "Put a space before it.");
        if (tag!.isEnd) fail(`inside the end tag </${tag!.name}>`);
        this.#settleBareAttribute();
        if (this.#state.blanks !== undefined) this.#state.blanks.text = "";
        tag!.tagHoles.push(part);
        this.#set({ mode: "afterTagHole", attribute: undefined, blanks: undefined });
        break;
      default:
        fail(describeState(this.#state), fixOf(mode));
    }
    this.output.push(part);
  }

  /** What is open at the end of a branch stays open after it. */
  #settleRaw(): void {
    const { rawContent, isRawOpen } = this.#state;
    this.#set({ rawContent: "", isRawOpen: isRawOpen || !isWholeMarkup(rawContent) });
  }

  #placeRaw(ref: Ref): Place {
    const { rawElement, script, style, scriptContent, word } = this.#state;
    const { fail } = this.#host;
    const at = { element: rawElement, attribute: "" };
    if (word !== "") return fail(ref, `directly after "${word}" inside <${rawElement}>`);
    if (this.#state.isRawOpen || !isWholeMarkup(this.#state.rawContent)) {
      return fail(
        ref,
        `inside <${rawElement}> after text that is an open tag if the element is in svg`,
        "Put a space after each <, or write it as &lt; or \\x3C.",
      );
    }
    if (textElements.has(rawElement)) return { kind: kinds.rcdata, ...at };
    if (rawElement === "style") {
      const kind = styleKind(ref, style, fail);
      this.#set({ style: behindStyleHole(style) });
      return { kind, ...at };
    }
    if (rawElement !== "script") return fail(ref, `inside <${rawElement}>, whose content browsers read in different ways`);
    if (scriptContent === "other") return { kind: kinds.rawOnly, ...at };
    const fault = findScriptFault(script);
    if (fault !== undefined) {
      return fail(
        ref,
        fault,
        "Put toJson(value) where a whole value begins, for example `const data = ${toJson(value)};`; it adds its own quotes.",
      );
    }
    this.#set({ script: behindScriptHole(script) });
    if (scriptContent === "data") return { kind: kinds.data, ...at };
    return { kind: needsParentheses(script) ? kinds.scriptGroup : kinds.script, ...at };
  }
}

/** Whether a string, read as markup, ends between tags. */
function isWholeMarkup(text: string): boolean {
  if (!text.includes("<")) return true;
  const stop = (): never => {
    throw new RangeError("no place");
  };
  const reader = new HtmlReader<never>({ fail: stop, failText: stop });
  try {
    reader.text(text);
    return reader.isInData;
  } catch {
    return false;
  }
}

/** Identifies a nonce that the compiler adds. */
export const nonceRef: unique symbol = Symbol("nonce");

/** Texts that receive no additions. */
const sealed = new WeakSet<TextPart>();

const textPlace: Place = { kind: kinds.text, element: "", attribute: "" };

function findEnd(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? text.length : match.index;
}
