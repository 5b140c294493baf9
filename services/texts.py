"""Texts that commands print for people, in Chinese and English: headings, sentences and words of few values.

Headings of columns and labels of their values stand with the row classes (`projections/columns.py`). Messages of errors
are English.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
"""Language of an output."""


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
    "by policies": Text("依据的政策：{policies}", "computed by the policies {policies}"),
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
    "restored": Text(
        "已恢复到序号 {sequence}，备份于 {at}。", "Restored everything up to sequence {sequence}, backed up at {at}."
    ),
    "restored before": Text(
        "数据库已有到序号 {sequence} 的全部内容，备份于 {at}。",
        "The database held already everything up to sequence {sequence}, backed up at {at}.",
    ),
    "restored stream none": Text(
        "消息流 {name} 与账记得的一样，止于序号 {sequence}。",
        "The stream {name} was as the ledger remembers it; it ends at sequence {sequence}.",
    ),
    "restored stream finish": Text(
        "消息流 {name} 已补完，止于序号 {sequence}。", "The stream {name} was finished; it ends at sequence {sequence}."
    ),
    "restored stream adopt": Text(
        "消息流 {name} 内容完整，从现在起归这个账，止于序号 {sequence}。",
        "The stream {name} holds all of it, and is the ledger's from now on; it ends at sequence {sequence}.",
    ),
    "restored stream append": Text(
        "消息流 {name} 补上了缺少的末尾，止于序号 {sequence}。",
        "The stream {name} got the end that it lacked; it ends at sequence {sequence}.",
    ),
    "restored stream make_anew": Text(
        "消息流 {name} 由日志重建，止于序号 {sequence}。",
        "The stream {name} was made of the journal; it ends at sequence {sequence}.",
    ),
    "behind the backup": Text(
        "消息流里有 {number} 条消息在备份之后：记录器运行后会接着记录。",
        "{number} messages of the stream are behind the backup: the recorder takes them on once it runs.",
        "{number} message of the stream is behind the backup: the recorder takes it on once it runs.",
    ),
    "heads left": Text(
        "已有一个与备份不同的树头文件，没有改动它。",
        "A file of signed heads was there, another than the backup's; it was left as it is.",
    ),
    "signer missing": Text(
        "公证用密钥 {signer} 签名，这里没有它。启动服务之前，把它的私钥从另外保存的地方放到 {key}（chmod 600）。"
        "如果它永远丢失了，设置 DAYBOOK_NOTARY_FORMER_KEYS='{signer}'：`daybook up` 会制作新密钥，旧树头照样可信。"
        "两者都没有就不签名。",
        "The notary signed with the key {signer}, which is not here. Before the services are started, put its private "
        "half in its place, {key} (chmod 600), from where it is kept apart from backups. Where it is lost for good, "
        "set DAYBOOK_NOTARY_FORMER_KEYS='{signer}': `daybook up` then makes a new key, and the old heads are believed "
        "as before. With neither nothing is signed.",
    ),
    "token of source": Text("来源 {name}（{at} 起）", "source {name} (of {at})"),
    "token of reader": Text("读者 {name}（{at} 起）", "reader {name} (of {at})"),
    "tokens disabled": Text("已停用，直到换新令牌：{tokens}。", "Disabled, each until it gets a new token: {tokens}."),
    "tokens valid": Text(
        "这些令牌与备份时一样有效：{tokens}。此后停用或更换的，这里不知道：启动服务之前请再更换或停用，或者用 "
        "--disable-tokens 恢复。",
        "These tokens are valid as they were at the backup: {tokens}. What was disabled or rotated since is not known "
        "here: rotate or disable it again before the services are started, or restore with --disable-tokens.",
    ),
    "recorded at": Text("（记录于 {at}）", ", recorded at {at}"),
    "sha256": Text("清单的 SHA-256：{sha256}", "SHA-256 of its manifest: {sha256}"),
    "to reconcile none": Text(
        "没有差异：消息流与账记得的一样。", "Nothing differs: the stream is as the ledger remembers it."
    ),
    "to reconcile finish": Text(
        "消息流内容齐全；要完成一次中断的对账。",
        "The stream holds what it must; a reconciliation that was interrupted has to be finished.",
    ),
    "to reconcile adopt": Text(
        "消息流内容齐全，但是重建过：账要记下它新的创建时间。",
        "The stream holds what it must, and was made anew: the ledger has to know it by its new creation time.",
    ),
    "to reconcile append": Text(
        "消息流丢失了末尾：缺少的要补上，每条消息在它的序号上。",
        "The stream lost its end: what is missing has to be appended, each message at its number.",
    ),
    "to reconcile make_anew": Text(
        "消息流要重建：日志里的在它们的序号上，其余的在后面。",
        "The stream has to be made anew: what the journal holds at its numbers, all else behind it.",
    ),
    "reconciled none": Text(
        "没有差异：消息流与账记得的一样。", "Nothing differs: the stream is as the ledger remembers it."
    ),
    "reconciled finish": Text("中断的对账已完成。", "The reconciliation that was interrupted is finished."),
    "reconciled adopt": Text("账已记下消息流新的创建时间。", "The ledger knows the stream by its new creation time."),
    "reconciled append": Text(
        "缺少的已补进消息流，每条消息在它的序号上。",
        "What was missing is in the stream again, each message at its number.",
    ),
    "reconciled make_anew": Text(
        "消息流已重建：日志里的在它们的序号上，其余的在后面。",
        "The stream was made anew: what the journal holds at its numbers, all else behind it.",
    ),
    "of messages": Text("{messages}中：{words}。", "Of {messages}: {words}."),
    "recorded ahead": Text(
        "日志的行 {rows} 记录在将来的时间：有一个时钟错了。它们保持原样，到那时为止以后的行也都这样写。"
        "请按序号而不是按时间查询。",
        "Rows {rows} of the journal were recorded at a time that is still to come: a clock was wrong. They stay as "
        "they are, and until that time all later rows say it too. Ask by sequence instead of by time.",
    ),
    "not in the journal": Text("日志里没有的消息：", "Messages that the journal does not know:"),
    "leading copy": Text(
        "只读了消息流的主副本，别的副本可能有两处都没有的内容：--apply 不会改动，并说明怎么办。",
        "Only the leading copy of the stream was read, and another may have what is in neither: --apply changes "
        "nothing then, and says what to do.",
    ),
    "lost": Text(
        "消息流和日志都没有的，可能已经确认过：请各来源把当时发送的再发一次。账已有的不会重复计算。",
        "What is neither in the stream nor in the journal may have been acknowledged: let the sources send again what "
        "they sent then. What the ledger has does not count twice.",
    ),
    "nothing changed": Text(
        '没有改动。要修复请加 --apply --reason "…"。', 'Nothing was changed. Run it with --apply --reason "…".'
    ),
    "new number": Text("新编号", "new number"),
    "messages moved": Text("消息数", "messages"),
    "more runs": Text("还有 {number} 段", "{number} more runs", "{number} more run"),
    # rebuild
    "built before": Text(
        "现用视图已由这一版算出（视图代 {generation}）。要重新计算请用 --force。",
        "The views served are of this version's folds already (generation {generation}). Use --force to build them "
        "again.",
    ),
    "built": Text("已由日志算出视图代 {generation}。", "Built generation {generation} from the journal."),
    "compared": Text(
        "与视图代 {generation} 比较，在序号 {sequence}：",
        "Compared with generation {generation} at sequence {sequence}:",
    ),
    "unexplained": Text(
        "写 {tables} 的视图都没有换版本，那里不该有差异：行被改过，或者折叠有错。",
        "No view that writes {tables} is of another version, so nothing should differ there: rows were altered, or a "
        "fold has a fault.",
    ),
    "stale": Text(
        "{number} 个对象待修复：折叠对它们出错。`daybook status` 列出它们。",
        "{number} subjects are stale: a fold raises for them. `daybook status` counts them, reporting.stale "
        "names them.",
        "{number} subject is stale: a fold raises for it. `daybook status` counts it, reporting.stale names it.",
    ),
    "promoted": Text("现在用它。", "It is served now."),
    "not promoted": Text("没有启用。", "Nothing was promoted."),
    "history fold": Text("所有视图共用的历史", "History, which all views share,"),
    "view fold": Text("视图 {view}", "The view {view}"),
    "fold new": Text("{name}是新的。", "{name} is new."),
    "fold gone": Text("{name}没有了。", "{name} is gone."),
    "fold earlier": Text(
        "{name}是版本 {after}，早于现用的 {before}。",
        "{name} is of version {after}, which is earlier than that served, {before}.",
    ),
    "fold changed": Text(
        "{name}是版本 {after}，不再是 {before}：", "{name} is of version {after} instead of {before}:"
    ),
    "table same": Text(
        "  {table}：{number} 行相同。", "  {table}: the same {number} rows.", "  {table}: the same {number} row."
    ),
    "table differs": Text(
        "  {table}：{before} 行只在以前有，{after} 行只在现在有，共 {rows} 行。",
        "  {table}: {before} rows only before, {after} only now, of {rows}.",
    ),
    "column new": Text("    新列 {name}", "    new column {name}"),
    "column gone": Text("    列 {name} 没有了", "    column {name} is gone"),
    # init, up, down
    "stream made": Text("已建消息流 {name}，最多 {size} GiB。", "Made the stream {name}, at most {size} GiB."),
    "stream found": Text("已有消息流 {name}，最多 {size} GiB。", "Found the stream {name}, at most {size} GiB."),
    "migrated": Text("已应用 {number} 个迁移。", "Applied {number} migrations.", "Applied {number} migration."),
    "up to date": Text("表是最新的。", "The tables are up to date."),
    "published": Text("已发布 {events}。", "Published {events}."),
    "playbooks there": Text("随附的销售流程都在消息流里。", "The shipped playbooks are on the stream."),
    "own playbook": Text(
        "保留 {key} 版本 {version}（序号 {sequence}）：它与随附的不同，随附的 {key} 不发布。",
        "Kept {key} version {version} of sequence {sequence}: it differs from the shipped one, which is left out, as "
        "are later ones of {key}.",
    ),
    "generation served": Text("现用视图代 {generation}。", "The views served are generation {generation}."),
    "outdated": Text(
        "现用视图由另一版 Daybook 算出：报表照旧回答，不含此后的内容。",
        "The views served were made by another version of Daybook: reports answer as they did then, and hold nothing "
        "that came since.",
    ),
    "rebuild makes anew": Text("重新计算：`{command}`。", "To make them anew: `{command}`."),
    "not confined": Text(
        "能登录的人都可以占住服务的锁，或者用大对象写满磁盘；由数据库超级用户运行 psql -f {script} 来禁止。",
        "Whoever may log in could hold the services' locks and fill the disk with large objects; a superuser of the "
        "database ends that: psql -f {script}",
    ),
    "up on": Text("Daybook 在 {data}", "Daybook on {data}"),
    "up ready": Text("{seconds} 秒就绪；按 Ctrl-C 停止", "Ready in {seconds} s; stop with Ctrl-C"),
    "nothing signed": Text("没有签名：{reason}", "Nothing is signed: {reason}"),
    "up stopping": Text("正在停止", "Stopping"),
    "up stopped": Text("已停止", "Stopped"),
    "console": Text("控制台", "console"),
    "console after demo": Text(
        "在浏览器中查看：{command}，然后打开它打印的地址。",
        "To look at this in a browser: {command}, then open the address that it prints.",
    ),
    "send events": Text("发送事件", "send events"),
    "read": Text("读取", "read"),
    "send by NATS": Text("用 NATS 发送", "send by NATS"),
    "read by SQL": Text("用 SQL 读取", "read by SQL"),
    "proofs": Text("证明", "proofs"),
    "health": Text("健康", "health"),
    "health at": Text(
        "{recorder}/ready、/metrics；{projector} 和其他服务也一样",
        "{recorder}/ready, /metrics; likewise {projector} and the others",
    ),
    "commands": Text("命令", "commands"),
    "logs": Text("日志", "logs"),
    "runs not": Text("{data} 上没有运行账。", "No ledger runs on {data}."),
    "stopped": Text("已停止 {data} 上的账（进程 {pid}）。", "Stopped the ledger on {data} (process {pid})."),
    # config, deploy, notary, playbook check
    "setting": Text("设置", "setting"),
    "value": Text("值", "value"),
    "from": Text("来自", "from"),
    "what it is": Text("说明", "what it is"),
    "file made": Text("新建", "made"),
    "file same": Text("相同", "same"),
    "file kept": Text("保留", "kept"),
    "file replaced": Text("替换", "replaced"),
    "files kept": Text(
        "保留的文件与我们的不同。--overwrite 会替换它们。",
        "Files that were kept differ from ours. --overwrite replaces them.",
    ),
    "private key": Text("私钥在 {file}；别人不可读取。", "The private key is in {file}; nobody else may read it."),
    "playbook is right": Text(
        "{file}：{key} 版本 {version} 正确，有 {number} 个阶段。",
        "{file}: {key} version {version} is right, with {number} stages.",
        "{file}: {key} version {version} is right, with {number} stage.",
    ),
    "playbook head": Text("{playbook} 版本 {version}，{at}：{name}", "{playbook} version {version}, {at}: {name}"),
    "by evidence alone": Text("证据决定商机的位置。", "Evidence decides where its deals stand."),
    "by claims alone": Text("声明决定商机的位置。", "Claims decide where its deals stand."),
    "track": Text(
        "与客户采购阶段相比：差 {behind} 为落后，差 {catch_up} 为追赶，差 {review} 为评估是否放弃；观察满 "
        "{unknown_after_days} 天后作废。",
        "Against the customer's purchasing stage: behind from a gap of {behind}, catch up from {catch_up}, review from "
        "{review}; an observation says nothing after {unknown_after_days} days.",
    ),
    "tender": Text(
        "客户到采购阶段 {tender} 时，我方未到阶段 {needs} 的要评估。",
        "Once the customer is at purchasing stage {tender}, deals below our stage {needs} are reviewed.",
    ),
    "met by": Text("满足方式", "met by"),
    "stage band": Text("{band}，赢率 {probability}", "{band}, probability {probability}"),
    "stage days": Text("预计 {number} 天", "{number} days expected", "{number} day expected"),
    "customer stage": Text("客户：{stage} {name}", "customer: {stage} {name}"),
    "departments": Text("部门：{names}", "departments: {names}"),
    "claimed as": Text("声明用语：{words}", "claimed as: {words}"),
    "proved by": Text("证明：{what}", "proof: {what}"),
    "target": Text("指标", "target"),
    "per period": Text("{aim}（每{period}）", "{aim} per {period}"),
    "field given": Text("已填{field}", "{field} given"),
    "after event": Text("在{event}之后", "after {event}"),
    "within field": Text("金额不超过{event}的{field}", "amount within {field} of {event}"),
    "playbook published": Text(
        "已发布 {playbook} 版本 {version}，序号 {sequence}。",
        "Published {playbook} version {version} at sequence {sequence}.",
    ),
    "playbook published before": Text(
        "{playbook} 版本 {version} 已在序号 {sequence} 发布，内容相同。",
        "{playbook} version {version} was published at sequence {sequence} already, with this content.",
    ),
    "playbook withdrawn": Text(
        "它在序号 {sequence} 撤回：只有指明它的新商机使用它。",
        "It was withdrawn at sequence {sequence}: new deals use it only if they name it.",
    ),
    "weighted": Text("加权金额", "weighted"),
    "orphaned": Text("失去依据", "orphaned"),
    "simulated": Text(
        "{playbook} 的 {judged} 个商机中，按草稿版本 {version} 有 {changed} 个位置不同；{moment}。什么都没有发布。",
        "Of {judged} deals of {playbook}, {changed} would stand elsewhere by the draft of version {version}; {moment}. "
        "Nothing was published.",
    ),
    "simulated total": Text(
        "{currency}：{number} 个在手商机，加权金额 {before} → {after}",
        "{currency}: {number} open deals, weighted {before} → {after}",
        "{currency}: {number} open deal, weighted {before} → {after}",
    ),
    "simulated orphan": Text(
        "证据指明、草稿没有的事项：{item}（{number} 个商机）",
        "Evidence names it and the draft lacks it: {item} ({number} deals)",
        "Evidence names it and the draft lacks it: {item} ({number} deal)",
    ),
    "simulated stale": Text(
        "没有判断，因为这些商机待修复：{deals}", "Not judged, because these deals are stale: {deals}"
    ),
    # demo
    "demo told before": Text(
        "故事讲过了：日志有 {rows} 行。不再发送。",
        "The story was told before: {rows} rows of the journal. Nothing is sent.",
    ),
    "demo sends": Text("1. 各系统发送发生的事", "1. the systems send what happened"),
    "demo sends later": Text("2. 之后发送迟到的和更正的", "2. later they send what was late or wrong"),
    "demo funnel": Text("3. 漏斗", "3. the funnel"),
    "demo owed": Text("4. 应收", "4. what is owed"),
    "demo deal": Text(
        "5. 一个商机 {deal}：它的历史，为什么处于现在的位置",
        "5. one deal, {deal}: its history, and why it stands where it stands",
    ),
    "demo two times": Text(
        "6. 同一个商机，截至两个日期，已知于两个时间", "6. the same deal as of two dates, known at two times"
    ),
    "demo more lines": Text("…… 还有 {number} 行", "… {number} more lines"),
    "demo totals": Text("合计", "totals"),
    "demo reports": Text("7. 每张报表各问一次", "7. every report is asked once"),
    "demo compared": Text("8. 比较消息流、日志和视图", "8. stream, journal and views are compared"),
    "demo speed": Text("这台机器的速度", "speed on this machine"),
    "demo stands": Text("阶段 {stage} {phase}，赢率 {probability}", "stage {stage} {phase}, probability {probability}"),
    "demo acknowledged": Text(
        "{count} 个事件已确认，最后的序号 {sequence}；视图包含全部",
        "{count} events acknowledged, the last at sequence {sequence}; the views include all of them",
    ),
    "demo pace": Text(
        "{step} {events} 事件 {seconds} 秒 {rate} 事件/秒", "{step} {events} events {seconds} s {rate} events/s"
    ),
    "demo send": Text("发送（HTTP，按月成批）", "send (HTTP, monthly batches)"),
    "demo send and project": Text("发送、记录并投影", "send, record and project"),
    "demo verify": Text("检查", "verify"),
    "demo serving": Text("继续服务，直到 Ctrl-C", "serving until Ctrl-C"),
    "API reference": Text("API 文档", "API reference"),
    "stop": Text("停止", "stop"),
    # import
    "note": Text("注意：{note}", "note: {note}"),
    "import counts": Text(
        "发送 {sent}，记录 {recorded}，重复 {duplicate}，拒绝 {refused}",
        "sent {sent}, recorded {recorded}, duplicate {duplicate}, refused {refused}",
    ),
    "refused line": Text("拒绝：{file} 第 {row} 行：{reason}", "refused: {file} row {row}: {reason}"),
    "refused lines": Text("全部 {count} 行被拒绝的在 {file}", "all {count} refused lines are in {file}"),
    # evidence
    "evidence holds": Text(
        "{file} 含已签名 {size} 行中的 {number} 行。检查方法：",
        "{file} holds {number} rows of the {size} that were signed. Check it with",
        "{file} holds {number} row of the {size} that were signed. Check it with",
    ),
    "key of the ledger": Text(
        "用账自己说的密钥 {key} 检查树头：请用 --key 给出您信任的那个。",
        "Heads are checked with the key that the ledger itself names, {key}: name the one that you trust with --key.",
    ),
    "where key": Text(
        "KEY 是公钥，来自 `daybook notary key`：另找途径交给读者。",
        "where KEY is the public key, from `daybook notary key`: give it to the reader another way.",
    ),
    "former key": Text(
        "其中的树头可能由以前的密钥签名：用 --key 也给出它。",
        "A head in it may be signed with a key that you had before: name that one with --key, too.",
    ),
    "evidence differs": Text(
        "视图的行不是这些条目得出的：", "The rows of the views are not those that the entries make:"
    ),
    "evidence is right": Text(
        "视图的行和解释正是这些条目得出的。",
        "The rows of the views and the explanation are those that the entries make.",
    ),
}
"""Every text by a name that says what it is."""
