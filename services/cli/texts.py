"""Texts that commands print for people, in Chinese and English: headings, sentences and words of few values.

Headings of columns and labels of their values stand with the row classes (`projections/columns.py`). Messages of errors
are English.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages, with the same places for values."""

    zh: str
    en: str
    one: str = ""
    """English for the number 1, where it differs."""


TEXTS = {
    # Words and sentences of several commands
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "moment": Text("截至 {as_of}，已知序号 {known_at}", "as of {as_of}, as known at sequence {known_at}"),
    "sentence.moment": Text("{told}；{moment}。", "{told}; {moment}."),
    "count.moment": Text("{count}，{moment}", "{count}, {moment}"),
    "rows": Text("{number} 行", "{number} rows", "{number} row"),
    "deals": Text("{number} 个商机", "{number} deals", "{number} deal"),
    "entries": Text("{number} 个条目", "{number} entries", "{number} entry"),
    "subjects": Text("{number} 个对象", "{number} subjects", "{number} subject"),
    "heads": Text("{number} 个已签名的树头", "{number} signed heads", "{number} signed head"),
    "messages": Text("{number} 条消息", "{number} messages", "{number} message"),
    "more": Text("还有更多", "there are more"),
    "row": Text("行", "row"),
    "before": Text("之前", "before"),
    "after": Text("之后", "after"),
    "caused by": Text("原因", "caused by"),
    "sequence": Text("序号", "sequence"),
    "number": Text("编号", "number"),
    "name": Text("名称", "name"),
    "kind": Text("类别", "kind"),
    "reason": Text("原因", "reason"),
    "state": Text("状态", "state"),
    "subject": Text("对象", "subject"),
    "by": Text("操作人", "by"),
    "enabled": Text("启用", "enabled"),
    "disabled": Text("{day} 停用", "disabled {day}"),
    # reports
    "report": Text("报表", "report"),
    "title": Text("标题", "title"),
    "question": Text("问题", "question"),
    "parameters": Text("参数", "parameters"),
    "filters": Text("筛选", "filters"),
    "view": Text("视图", "view"),
    "entry": Text("条目", "entry"),
    "type": Text("类型", "type"),
    "source / id": Text("来源 / 编号", "source / id"),
    "occurred at": Text("发生时间", "occurred at"),
    # funnel
    "before the first": Text("第一阶段之前", "before the first"),
    "outcome": Text(
        "在手 {open}，赢单 {won}{amounts}，输单 {lost}，放弃 {abandoned}",
        "open {open}, won {won}{amounts}, lost {lost}, abandoned {abandoned}",
    ),
    "win rate": Text("赢单率 {rate}", "win rate {rate}"),
    "no win rate": Text("还没有赢单或输单", "no deal won or lost yet"),
    # explain
    "stage": Text("阶段", "stage"),
    "item": Text("事项", "item"),
    "met": Text("满足时间", "met"),
    "by entries": Text("依据条目", "by entries"),
    "entered": Text("进入 {at}", "entered {at}"),
    "completed": Text("完成 {at}", "completed {at}"),
    "stands at": Text(
        "{deal} 处于 {playbook}{version} 的阶段 {stage}（{phase}），赢率 {probability}",
        "{deal} is at stage {stage}, {phase} of {playbook}{version}, probability {probability}",
    ),
    "stands before": Text(
        "{deal} 还没到 {playbook}{version} 的第一阶段，赢率 {probability}",
        "{deal} is before the first stage of {playbook}{version}, probability {probability}",
    ),
    "of version": Text(" 版本 {version}", " version {version}"),
    "missing": Text("下一步还需要：{items}。", "The next step still needs: {items}."),
    "nothing missing": Text("不缺任何事项。", "Nothing is missing."),
    "not published": Text(
        "销售流程 {playbook} 还没有发布，所以没有阶段。",
        "The playbook {playbook} is not published, so it has no stages yet.",
    ),
    "by claims": Text(
        "{playbook} 的商机由声明决定位置，不缺任何证据。",
        "Claims decide where deals of {playbook} stand; no evidence is missing.",
    ),
    # history
    "happened": Text("发生时间", "happened"),
    "recorded": Text("记录时间", "recorded"),
    "what": Text("内容", "what"),
    "who": Text("谁", "who"),
    "caused": Text("结果", "caused"),
    "voided by": Text("被 {sequence} 作废", "voided by {sequence}"),
    "corrected by": Text("被 {sequence} 更正", "corrected by {sequence}"),
    "times in": Text("{subject}，时区 {zone}", "{subject}, times in {zone}"),
    # changes
    "differ": Text(
        "{number} 行不同，截至 {as_of}，已知序号 {from_known} 与 {to_known} 之间",
        "{number} rows differ, as of {as_of}, between what was known at sequence {from_known} and at {to_known}",
        "{number} row differs, as of {as_of}, between what was known at sequence {from_known} and at {to_known}",
    ),
    "pipeline": Text("在手商机", "pipeline"),
    "receivables": Text("应收", "receivables"),
    "funnel": Text("漏斗", "funnel"),
    "ageing": Text("账龄", "ageing"),
    # status
    "status.stream": Text("消息流", "stream"),
    "status.recorded": Text("已记录", "recorded"),
    "status.entries": Text("条目", "entries"),
    "status.projected": Text("已投影", "projected"),
    "status.quarantined": Text("隔离中", "in quarantine"),
    "status.stale": Text("待修复的对象", "stale subjects"),
    "status.flags": Text("异常", "flags"),
    "status.generation": Text("视图代", "generation"),
    "status.signed": Text("已签名", "signed"),
    "stream away": Text("NATS 没有应答", "NATS does not answer"),
    "stream holds": Text("{number} 条消息，{bytes} 字节", "{number} messages, {bytes} bytes"),
    "stream limit": Text("最多 {bytes} 字节", "of at most {bytes} bytes"),
    "flags stand": Text("{number} 个要看：{listing}", "{number} to look at: {listing}"),
    "lane": Text("分道", "lane"),
    "projected": Text("已投影", "projected"),
    "lag": Text("落后", "lag"),
    "slow subject": Text("慢的对象", "slow subject"),
    "no notary": Text(
        "没有公证进程：用 `daybook serve notary` 启动；它的日志和 /ready 说明原因",
        "no notary is at work: start one with `daybook serve notary`; its log and /ready say what keeps it",
    ),
    "notary is": Text("公证处于 {state}：{detail}", "the notary is {state}: {detail}"),
    # quarantine
    "disposition": Text("处置", "disposition"),
    "event": Text("事件", "event"),
    "conflict": Text("冲突", "conflict"),
    "unreadable": Text("不可读", "unreadable"),
    "sent again": Text("已重新发送，序号 {appended}，{by}", "sent again as {appended}, by {by}"),
    "dismissed": Text("已排除：{reason}，{by}", "dismissed: {reason}, by {by}"),
    "retried": Text("消息 {sequence} 已入账，序号 {appended}。", "Message {sequence} is in the ledger as {appended}."),
    "left out": Text("消息 {sequence} 永久排除。", "Message {sequence} is left out for good."),
    "recorded_at": Text("记录时间", "recorded_at"),
    "source": Text("来源", "source"),
    "id": Text("编号", "id"),
    "original": Text("原件", "original"),
    "stream_subject": Text("消息流主题", "stream_subject"),
    "bytes": Text("字节", "bytes"),
    "message": Text("消息", "message"),
    "original_message": Text("原消息", "original_message"),
    # verify
    "what it means": Text("含义", "what it means"),
    "expected": Text("应为", "expected"),
    "found": Text("实为", "found"),
    "checked": Text("{entries}和{subjects}，到序号 {sequence}", "{entries} and {subjects} up to sequence {sequence}"),
    "checked with heads": Text("{checked}，另有{heads}", "{checked}, beside {heads}"),
    "nothing differs": Text("没有差异：{checked}。", "Nothing differs: {checked}."),
    "checked all": Text("已检查{checked}。", "Checked {checked}."),
    "first of each kind": Text("每类的前几个：", "The first of each kind:"),
    "heads cover": Text(
        "已签名的树头覆盖 {number} 行中的 {covered} 行（{places}）。",
        "Signed heads cover {covered} of {number} rows ({places}).",
        "Signed heads cover {covered} of {number} row ({places}).",
    ),
    "no file": Text("没有文件 {file}", "no file {file}"),
    "none": Text("无", "none"),
    # playbook, source, reader
    "playbook": Text("销售流程", "playbook"),
    "version": Text("版本", "version"),
    "position by": Text("位置依据", "position by"),
    "stages": Text("阶段数", "stages"),
    "published at": Text("发布于", "published at"),
    "evidence": Text("证据", "evidence"),
    "claim": Text("声明", "claim"),
    "at sequence": Text("序号 {sequence}", "sequence {sequence}"),
    "withdrawn at": Text("在序号 {sequence} 撤回", "withdrawn at sequence {sequence}"),
    "skips version": Text("跳过版本 {version}", "skips version {version}"),
    "events": Text("事件", "events"),
    "id prefix": Text("编号前缀", "id prefix"),
    "corrects others": Text("可更正他源", "corrects others"),
    "token": Text(
        "这是 {name} 的令牌，只显示这一次；请存到 {name} 能找到的地方。",
        "This is the token of {name}. It is shown this once; keep it where {name} finds it.",
    ),
    "source disabled": Text(
        "{name} 不能再发送。`daybook source rotate {name}` 重新启用它。",
        "{name} may send nothing more. `daybook source rotate {name}` enables it again.",
    ),
    "reader disabled": Text(
        "{name} 不能再读取。`daybook reader rotate {name}` 重新启用它。",
        "{name} may read nothing more. `daybook reader rotate {name}` enables it again.",
    ),
    "reader": Text("读者", "reader"),
    "added": Text("添加于", "added"),
    # reconcile
    "found by it": Text("发现", "found"),
    "begun": Text("开始", "begun"),
    "ended": Text("结束", "ended"),
    "moved": Text("移动", "moved"),
    "not finished": Text("未完成", "not finished"),
    # backup, restore
    "backed up": Text(
        "已备份到序号 {sequence}{recorded}：{size} MiB，在 {directory}。",
        "Backed up everything up to sequence {sequence}{recorded}: {size} MiB in {directory}.",
    ),
    "backup is right": Text(
        "{directory} 与写入时相同：到序号 {sequence}。",
        "{directory} is as it was written: it goes up to sequence {sequence}.",
    ),
    "recorded at": Text("（记录于 {at}）", ", recorded at {at}"),
    "sha256": Text("清单的 SHA-256：{sha256}", "SHA-256 of its manifest: {sha256}"),
}
"""Every text by a name that says what it is."""
