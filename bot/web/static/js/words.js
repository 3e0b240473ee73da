// What the classifier's own words are called on the page.

/** Kinds of concepts by the colour that they get; the order is that of the legend. */
export const GROUPS = [
  { id: "component", name: "部位", kinds: ["component"] },
  { id: "symptom", name: "现象", kinds: ["symptom", "failed", "cannot", "action"] },
  { id: "scope", name: "范围", kinds: ["scope", "also", "anyone", "noneof", "others", "we", "self"] },
  { id: "negation", name: "否定、恢复", kinds: ["neg", "deny", "pending", "works", "recovered"] },
  { id: "mood", name: "假设、询问", kinds: ["hypothetical", "howto", "question", "request", "manage", "modal", "tries"] },
  { id: "other", name: "其他线索", kinds: [] },
];

export const groupOf = (kind) => GROUPS.find((group) => group.kinds.includes(kind)) ?? GROUPS.at(-1);

export const LABELS = { P1: "优先等级1", P2: "优先等级2", none: "不是故障报修" };

export const INTENTS = {
  fault: "故障报修",
  greeting: "打招呼",
  thanks: "道谢",
  howto: "询问做法",
  status: "问进度",
  urge: "催单",
  supplement: "补充",
  recovered: "已恢复",
  object: "对优先级有异议",
  fee: "问费用",
  level: "问服务等级",
  training: "问培训",
  inspection: "问巡检",
  upgrade: "问升级",
  backup: "问备份",
  ivr_change: "改 IVR 流程",
  hardware_change: "换硬件",
  complaint: "投诉",
  human: "找人工",
  other: "其他",
};

const SCOPES = { all: "全部", many: "多数", some: "部分", one: "一个", unknown: "未说" };

const MARKS = {
  negation: "否定",
  "not yet": "尚未",
  "how to": "询问做法",
  request: "申请",
  hypothetical: "假设",
  recovered: "已恢复",
  works: "说的是正常",
  others: "其他人",
  "speaker alone": "只有本人",
};

export const FATES = {
  negated: "被否定",
  hypothetical: "只是假设",
  define: "在问定义",
  howto: "在问做法",
  request: "是申请",
  plan: "计划内",
  past: "说的是以前",
  status: "在问进度",
  recovered: "已恢复",
  foreign: "说的是别的事物",
  record: "是录音记录",
  speech: "是转述",
};

export const sayScope = (scope) => SCOPES[scope] ?? scope;
export const sayMark = (mark) => (mark.startsWith("scope.") ? `范围：${sayScope(mark.slice(6))}` : (MARKS[mark] ?? mark));
export const sayClause = (clause) => (clause ? `合同 ${clause.replace("P1", "优先等级1").replace("P2", "优先等级2")}` : "合同未涉及");
