"""Words of the tables of dealings: values that are few, with their labels, as the events' fields have them."""

from typing import Annotated, Literal

from projections.columns import Words

ActivityKind = Annotated[
    Literal[
        "appointment_made",
        "call_made",
        "visit_done",
        "demo_held",
        "message_exchanged",
        "proposal_submitted",
        "quote_submitted",
    ],
    Words(
        appointment_made="约定见面",
        call_made="电话沟通",
        visit_done="客户拜访",
        demo_held="方案演示",
        message_exchanged="消息往来",
        proposal_submitted="提交方案",
        quote_submitted="提交报价",
    ),
]
Channel = Annotated[
    Literal["email", "sms", "wechat", "social", "letter", "web", "phone", "other"],
    Words(
        email="邮件",
        sms="短信",
        wechat="微信",
        social="社交媒体",
        letter="信函",
        web="网站",
        phone="电话",
        other="其他",
    ),
]
Direction = Annotated[Literal["outbound", "inbound"], Words(outbound="发出", inbound="收到")]
Purpose = Annotated[
    Literal["introduction", "survey", "presentation", "negotiation", "care", "collection", "other"],
    Words(
        introduction="初次见面",
        survey="调研",
        presentation="方案展示",
        negotiation="谈判",
        care="关怀",
        collection="催收",
        other="其他",
    ),
]
Outcome = Annotated[
    Literal["interested", "callback", "not_interested", "no_answer", "other"],
    Words(interested="感兴趣", callback="约定再联系", not_interested="不感兴趣", no_answer="未接通", other="其他"),
]
MessageKind = Annotated[
    Literal["sent", "received", "opened", "clicked", "replied", "bounced", "unsubscribed", "viewed"],
    Words(
        sent="已发",
        received="收到",
        opened="已打开",
        clicked="已点击",
        replied="已回复",
        bounced="退回",
        unsubscribed="退订",
        viewed="浏览",
    ),
]
ProposalKind = Annotated[
    Literal["preliminary", "formal", "bid"], Words(preliminary="初步方案", formal="正式方案", bid="投标文件")
]
PlanKind = Annotated[
    Literal["call", "visit", "demo", "message", "proposal", "return_visit", "collection", "care", "other"],
    Words(
        call="电话",
        visit="拜访",
        demo="演示",
        message="消息",
        proposal="方案",
        return_visit="回访",
        collection="催收",
        care="关怀",
        other="其他",
    ),
]
PlanState = Annotated[Literal["open", "done", "cancelled"], Words(open="待办", done="已完成", cancelled="已取消")]
CommitmentState = Annotated[
    Literal["open", "kept", "broken", "withdrawn"],
    Words(open="待兑现", kept="已兑现", broken="已落空", withdrawn="已撤回"),
]
Confidence = Annotated[Literal["stated", "inferred"], Words(stated="客户明确", inferred="推断")]
NeedKind = Annotated[Literal["explicit", "hidden"], Words(explicit="显性", hidden="隐性")]
Motive = Annotated[Literal["organisational", "personal"], Words(organisational="组织", personal="个人")]
Priority = Annotated[Literal["high", "medium", "low"], Words(high="高", medium="中", low="低")]
SourceChannel = Annotated[
    Literal[
        "website",
        "association",
        "convention",
        "agency",
        "tender_site",
        "press",
        "market_research",
        "exhibition",
        "seminar",
        "network",
        "social_event",
        "social_media",
        "referral",
        "existing_customer",
        "outbound",
        "inbound",
        "partner",
        "other",
    ],
    Words(
        website="网站",
        association="行业协会",
        convention="会议中心",
        agency="机构",
        tender_site="政府采购网站",
        press="报刊",
        market_research="市场调研",
        exhibition="展会",
        seminar="研讨会",
        network="人际网络",
        social_event="社交活动",
        social_media="社交媒体",
        referral="推介",
        existing_customer="既有客户",
        outbound="主动开发",
        inbound="客户来询",
        partner="渠道商",
        other="其他",
    ),
]
