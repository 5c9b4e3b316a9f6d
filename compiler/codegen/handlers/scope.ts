// Finds the names of a piece of JavaScript that it does not declare itself: syntax tree -> free identifiers, each with
// the nodes around it. Scopes as ECMA-262 has them: `var` and parameters per function, the rest per block.
import type { AnyNode, Identifier, Program } from "acorn";

export interface FreeName {
  readonly node: Identifier;
  /** From the program down to the parent of `node`. */
  readonly around: readonly AnyNode[];
  /** It is assigned to, alone or in a pattern. */
  readonly written: boolean;
}

export interface ScopeReport {
  readonly free: readonly FreeName[];
  /** Every name that the piece declares, with one place. */
  readonly declared: ReadonlyMap<string, Identifier>;
  /** `arguments` or `this` outside of any function of its own; `import()`. */
  readonly outer: readonly AnyNode[];
}

type Names = Set<string>;
type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;

/** A node, or a list of nodes, among the properties of a node. */
const isNode = (value: unknown): value is AnyNode =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

export function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node) as readonly unknown[]) {
    if (Array.isArray(value)) {
      for (const element of value as readonly unknown[]) if (isNode(element)) yield element;
    } else if (isNode(value)) yield value;
  }
}

export function analyzeScopes(program: Program): ScopeReport {
  const walk = new ScopeWalk();
  walk.program(program);
  return { free: walk.free, declared: walk.declared, outer: walk.outer };
}

class ScopeWalk {
  readonly free: FreeName[] = [];
  readonly declared = new Map<string, Identifier>();
  readonly outer: AnyNode[] = [];
  private readonly around: AnyNode[] = [];
  private scopes: Names[] = [];
  private functions = 0;

  program(node: Program): void {
    this.within(new Set(), () => {
      this.hoistVars(node);
      this.hoistLexical(node.body);
      this.children(node);
    });
  }

  private within(names: Names, body: () => void): void {
    this.scopes.push(names);
    body();
    this.scopes.pop();
  }

  private declare(identifier: Identifier): void {
    this.scopes.at(-1)?.add(identifier.name);
    if (!this.declared.has(identifier.name)) this.declared.set(identifier.name, identifier);
  }

  private children(node: AnyNode): void {
    this.around.push(node);
    for (const child of childrenOf(node)) this.visit(child);
    this.around.pop();
  }

  /** `var`s of this function, wherever they stand in it. */
  private hoistVars(node: AnyNode): void {
    for (const child of childrenOf(node)) {
      if (isFunction(child) || child.type === "ClassBody") continue;
      if (child.type === "VariableDeclaration" && child.kind === "var") {
        for (const one of child.declarations) this.bind(one.id);
      }
      this.hoistVars(child);
    }
  }

  private hoistLexical(body: readonly AnyNode[]): void {
    for (const statement of body) {
      if (statement.type === "VariableDeclaration" && statement.kind !== "var") {
        for (const one of statement.declarations) this.bind(one.id);
      } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
        if (statement.id !== null) this.declare(statement.id);
      }
    }
  }

  /** The names that a pattern binds. */
  private bind(pattern: AnyNode): void {
    switch (pattern.type) {
      case "Identifier":
        this.declare(pattern);
        break;
      case "ObjectPattern":
        for (const property of pattern.properties) {
          this.bind(property.type === "RestElement" ? property.argument : property.value);
        }
        break;
      case "ArrayPattern":
        for (const element of pattern.elements) if (element !== null) this.bind(element);
        break;
      case "AssignmentPattern":
        this.bind(pattern.left);
        break;
      case "RestElement":
        this.bind(pattern.argument);
        break;
      default:
        break;
    }
  }

  private visit(node: AnyNode): void {
    switch (node.type) {
      case "Identifier":
        this.refer(node);
        return;
      case "ImportExpression":
        this.outer.push(node);
        return;
      case "ThisExpression":
        if (this.functions === 0) this.outer.push(node);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.function(node);
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        this.within(new Set(), () => {
          if (node.id) this.declare(node.id);
          this.children(node);
        });
        return;
      case "StaticBlock":
      case "PropertyDefinition":
        // `this` is the class there.
        this.functions++;
        this.within(new Set(), () => {
          if (node.type === "StaticBlock") {
            this.hoistVars(node);
            this.hoistLexical(node.body);
          }
          this.children(node);
        });
        this.functions--;
        return;
      case "BlockStatement":
        this.within(new Set(), () => {
          this.hoistLexical(node.body);
          this.children(node);
        });
        return;
      case "SwitchStatement":
        this.within(new Set(), () => {
          this.hoistLexical(node.cases.flatMap((one) => one.consequent));
          this.children(node);
        });
        return;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        this.within(new Set(), () => {
          const head = node.type === "ForStatement" ? node.init : node.left;
          if (head) this.hoistLexical([head]);
          this.children(node);
        });
        return;
      case "CatchClause":
        this.within(new Set(), () => {
          if (node.param) this.bind(node.param);
          this.children(node);
        });
        return;
      case "MetaProperty":
        return;
      default:
        this.children(node);
    }
  }

  private function(node: FunctionNode): void {
    const own = node.type !== "ArrowFunctionExpression";
    if (own) this.functions++;
    this.within(new Set(), () => {
      if (node.type === "FunctionExpression" && node.id) this.declare(node.id);
      for (const parameter of node.params) this.bind(parameter);
      if (own) this.scopes.at(-1)?.add("arguments");
      this.hoistVars(node.body);
      this.children(node);
    });
    if (own) this.functions--;
  }

  private refer(node: Identifier): void {
    const parent = this.around.at(-1);
    if (parent !== undefined && !isReference(node, parent)) return;
    if (this.scopes.some((names) => names.has(node.name))) return;
    if (node.name === "arguments") {
      this.outer.push(node);
      return;
    }
    this.free.push({ node, around: [...this.around], written: isWritten(node, this.around) });
  }
}

const isFunction = (node: AnyNode): boolean =>
  node.type === "FunctionDeclaration" ||
  node.type === "FunctionExpression" ||
  node.type === "ArrowFunctionExpression";

/** An identifier names a variable, unless it is a property's name or a label. */
function isReference(node: Identifier, parent: AnyNode): boolean {
  switch (parent.type) {
    case "MemberExpression":
      return parent.computed || parent.object === node;
    case "Property":
      // `{ x }` has two nodes for one word; the value is the reference.
      return parent.computed || parent.value === node;
    case "MethodDefinition":
    case "PropertyDefinition":
      return parent.computed || parent.value === node;
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return false;
    default:
      return true;
  }
}

/** Whether the node is a target of an assignment; `around` ends with its parent. */
export function isWritten(node: AnyNode, around: readonly AnyNode[]): boolean {
  let target: AnyNode = node;
  for (let i = around.length - 1; i >= 0; i--) {
    const parent = around[i]!;
    switch (parent.type) {
      case "AssignmentExpression":
        return parent.left === target;
      case "UpdateExpression":
        return true;
      case "UnaryExpression":
        return parent.operator === "delete";
      case "ForInStatement":
      case "ForOfStatement":
        return parent.left === target;
      case "AssignmentPattern":
        if (parent.left !== target) return false;
        break;
      case "Property":
        if (parent.value !== target || around[i - 1]?.type !== "ObjectPattern") return false;
        break;
      case "ObjectPattern":
      case "ArrayPattern":
      case "RestElement":
        break;
      default:
        return false;
    }
    target = parent;
  }
  return false;
}
