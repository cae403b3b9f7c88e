"""How orders to a language model are worded, in small plain letters as `undisguised` makes them.

Gaps are bounded and repetitions never nest, so that reading stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SAY = """say|state|tell|answer|respond|reply|write|output|print|repeat|mention|claim|conclude
|report|cite|quote|include|add|append|insert|recommend|praise|reveal|ignore|disregard|follow|obey
    |pretend
|end|begin|start|finish|use|give|provide|refer|rate|rank|translate|summari[sz]e|describe|present
|show|treat|consider|visit|click|admit|emphasi[sz]e|stress|note|refuse"""
_PARTS = {
    # Where an imperative can stand: at the start, after a stop, after words of asking. Elsewhere
    # the same words describe: "attacks make models ignore previous instructions".
    "OPEN": r"""(?:(?:^|[.;:!?>|\]\n—–]\s?|,\s(?=(?:please|then|instead|now)\s))[\s"'“”(\[*#>-]{0,4}
        |\b(?:please|kindly|you must|you should|you will|you have to|you need to|must always
        |must now|and then|but please|make sure to|be sure to|remember to)\s)
        (?:(?:please|kindly|now|then|instead|just|also|and|first|next|finally|always|simply|only
        |immediately|never|do not|don't|you must|you should|must|so),?\s){0,3}""",
    "SAY": f"(?:{_SAY})",
    "GAP": r"(?:[\w'-]+,?\s){0,4}?",
    "REPLY": r"""(?:answers?|responses?|repl(?:y|ies)|outputs?|summar(?:y|ies)|messages?
        |completions?)""",
    "PERSON": r"""(?:users?|readers?|person|questioners?|customers?|humans?|people who ask
        |whoever asks)""",
    "ASSISTANT": r"""(?:ais?|llms?|(?:large )?language models?|(?:ai )?assistants?|chat ?bots?
        |chatgpt|gpt|claude|gemini|ai (?:models?|agents?|systems?|readers?|tools?|reviewers?)
        |(?:ai )?summari[sz]ers?)""",
    "INSTRUCTIONS": r"""(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?
        |commands?|orders|constraints|restrictions|everything|anything|all (?:that|of that)
        |what (?:you|was|is|i)|text|messages?|context|questions?|tasks?|users?|requests?|papers?
        |sources?|evidence|policy|policies|programming|training|guardrails?|filters?)""",
    "OCCASION": r"""\b(?:when|if|while|whenever|before|after|once)\s(?:you(?:'re|\sare)?\s)?
        (?:\w+\s){0,2}?(?:summari[sz]\w+|answer\w*|cit(?:e|ing)|respond\w*|review\w*|quot\w+
        |translat\w+|asked|describ\w+|discuss\w*|mention\w*|recommend\w*|process\w*|reading|read
        |rank\w*|compar\w+|evaluat\w+|rat(?:e|ing))\b""",
    "SITE": """(?:link|url|hyperlink|image|picture|banner|address|web ?site|web ?page|html
        |markdown|tag)s?""",
}
_KINDS = (
    # Put aside what came before.
    r"""<OPEN>(?:ignore|disregard|forget|override|overrule|bypass|overlook|neglect|discard|drop|skip
    |do not (?:follow|obey|use|trust)|don't (?:follow|obey|use|trust)|stop (?:following|obeying)
    |pay no attention to|set aside)\s(?:all|any|the|your|every|everything|anything|these|those|this
    |that|previous|prior|above|earlier|preceding|former|existing|original|initial|system|what
    |safety|security|ethical|content|user)\b
    .{0,40}?\b(?:<INSTRUCTIONS>|above|before|previously)\b""",
    r"""\b(?:ignore|disregard|forget)\s(?:all|any|your)\s(?:of\s)?(?:the\s|your\s|my\s)?
    (?:previous|prior|above|earlier|preceding|other)\s""",
    r"""\b(?:new|updated|important|urgent|revised|hidden|real|actual|following) (?:system )?
    (?:instructions?|orders|directives?|commands?)(?: for [\w ]{1,30})?\s?[:>]""",
    r"""\b(?:previous|prior|earlier|above|old) (?:instructions?|rules|prompts?|directives?|orders)
    (?: above)? (?:no longer|are (?:now )?(?:void|cancelled|obsolete|revoked|invalid|replaced)
    |do not\s
    apply)\b|\bobey (?:it|this|these|them|me|the following|what)\b|\bdo (?:as|what) i (?:say|tell
    |ask)
    |\bnot part of the (?:abstract|paper|source)\b|\bkindly (?:ask(?:ed)?|request(?:ed)?)\b""",
    # Be somebody else.
    r"""(?:^|[.!?:;,\n>]\s?)(?:you are (?:now|no longer|an? (?:ai|assistant|language|helpful
    |unrestricted|expert)|dan\b|in (?:developer|debug|admin|dan))|from now on,? (?:you|all|every
    |always|answer|respond|act)|pretend (?:to be|you|that)|act as (?:an?|if|though|my|the)\b)""",
    r"""\bas an? (?:ai|(?:large )?language model|assistant|llm)(?: (?:language model|assistant|model
    |reader))?,? (?:you|please|your|always|do not|never|i (?:must|cannot|can't|am))\b""",
    r"""\b(?:enter|switch to|activate|enable|go into) (?:developer|dan|debug|admin\w*|god|jailbreak
    |unrestricted|maintenance) mode\b|<OPEN>(?:assume|adopt|take on|play) the (?:role|persona
    |identity|character|part) of\b|\byou have been (?:reprogrammed|hacked|updated|instructed|told
    |asked
    |given|granted|jailbroken|freed)\b|\byou (?:will|shall|must|should) (?:now )?(?:act|behave|be
    |become
    |comply|play|pretend)\b""",
    r"""(?:(?:^|[.!?]\s)(?:your )?(?:new|next|actual|real) (?:task|goal|job)\s?:
    |\byour (?:new |real |actual |only |next )?
    (?:task|job|goal|role|mission|purpose|orders?) (?:is|are|has|have|was)\b)""",
    # You must, you may not, you have to.
    r"""\byou (?:must|should|shall|will|need to|have to|ought to|can only|may only|may not|must not
    |are (?:required|asked|instructed|told|expected|obliged|ordered|allowed|free|to)(?: to)?),?\s
    (?:(?:not|never|always|only|also|now|first|then|therefore|instead) ){0,3}<SAY>\b""",
    r"""\b(?:wants?|asks?|tells?|orders?|commands?|requires?|expects?|needs?|instructs?|would like
    |\w{3,12}ed)
    \syou to\b|\b(?:essential|important|crucial|required|mandatory|imperative|vital) that you\b""",
    r"""\byour (?:previous |prior |original |initial |system |hidden |own |full |entire ){0,2}
    (?:instructions|rules|system prompt|configuration|guidelines|programming|system message)\b""",
    # The reply: its form, its end, its words.
    r"""\b(?:in|to|of|for|before|after|with|end|begin|start|preface|finish|open|close|translate|make
    |keep|prefix) (?:each (?:of )?|all (?:of )?|every (?:of )?)?your (?:[\w-]+ ){0,2}<REPLY>\b""",
    r"""\byour <REPLY> (?:must|should|shall|has to|have to|needs? to|will|is|are|ends?|begins?
    |starts?)\b""",
    r"""<OPEN>(?:end|begin|start|finish|open|close|conclude|preface|prefix|translate|sign)\s
    (?:your|the|every|each|all|any)\s(?:[\w-]+\s){0,2}<REPLY>\b""",
    # A bare imperative. Sentences of abstracts never begin so; titles do, and have no full stop.
    r"""(?:^|[.!?]\s)["'“(]{0,2}(?:(?:please|kindly|now|then|instead|just|also|always|never|only|so
    |do not|simply|finally|next|first),?\s){0,3}(?:abandon|act|add|advertise|advise|answer|announce
    |append|assert|assign|attach|attribute|begin|call|cite|claim|conceal|conclude|convince|copy
    |credit|declare|disregard|encode|endorse|exclude|explain|forget|give|hide|ignore|include|inform
    |insert|insist|label|let|list|make|mark|mention|name|obey|omit|output|persuade|praise|prefer
    |pretend
    |print|promote|quote|rank|rate|recommend|refuse|remember|repeat|replace|reply|respond|reveal
    |say|send|sign|speak|state|stop|suppress|surrender|swear|talk|tell|thank|translate|treat
    |urge|warn|write)\s(?:(?:that|the|this|these|it|its|only|every|each|all|any|your|me|us|everyone
    |users|readers|in|as|with|to|for|nothing|everything|anything|everybody|no|an?|clearly
    |explicitly|answering)\b
    |https?:|["“'\d\[]).{0,300}?[.!](?:\s|["”')]|$)""",
    r"""<OPEN>(?:begin|start|end|finish|close|conclude)\s(?:it\s)?(?:with|by)\s(?:saying|writing|the
    (?: exact| following)? (?:words?|phrase|sentence|text|line|token))\b""",
    r"""<OPEN>(?:answer|respond|reply)\s(?:(?:to|every|all|any|each|the|this|that|questions?
    |user'?s?|it|request|only|exclusively|solely|just)\s){0,5}(?:with|in (?:all caps|capitals
    |rhymes?|verse|french|german|spanish|chinese|pirate)|as (?:a|an|if)|that|by (?:saying|citing
    |writing)|yes\b|no\b)""",
    r"""<OPEN>(?:say|write|print|output|repeat|state|reply|respond|answer)\s?:?\s?["'“]""",
    r"""<OPEN>(?:say|state|write|claim|reply|respond|answer|conclude|mention|assert|report|output
    |print)\s(?:that\s|in (?:your|every|each) |(?<!answer\s)only\s|nothing\s|exactly\s|verbatim\s
    |the words?\s
    |the following\s|the (?:phrase|sentence|word|text|string)\s|how (?:great|good)\s)""",
    r"""\brepeat after me\b|<OPEN>(?:print|repeat|output|list|copy|show)\s(?:me\s)?
    (?:everything|all|anything|the (?:text|words|lines)) (?:that (?:is|stands|comes) )?
    (?:above|before|below|up to)\b""",
    r"""\bwhatever (?:the question|they ask|is asked|you are asked)|\bthe (?:correct|right|only
    |best)
    \sanswers? (?:to (?:every|all|any|each) |is always|must)|\bwhat follows is (?:the|your
    |a) (?:real
    |actual|true|new|only)\b""",
    # Tell the reader; keep from the reader.
    r"""<OPEN>(?:say|tell|inform|remind|convince|persuade|ask|urge|warn|advise|recommend|write|print
    |show|output|announce|explain|ensure|send|direct|refer|encourage|invite|give|offer)\s<GAP>
    (?:to\s)?(?:the|this|your|any|every|each|all)\s(?:\w+\s)?<PERSON>\b""",
    r"""<OPEN>(?:do not|don't|never|avoid|refrain from|under no circumstances|you must not)\s
    (?:ever\s|also\s)?(?:mention|mentioning|cite|citing|reveal|revealing|disclose|disclosing|tell
    |telling|say|saying|quote|quoting|answer|answering|refuse|follow|discuss|summari[sz]e|output
    |verify|warn|warning|talk about)\b""",
    r"""<OPEN>(?:do not|don't|never)\s(?:use|trust|consult|consider|highlight|list|include|show)\s
    (?:(?:any|the|all|of)\s){0,3}(?:other|negatives?|weaknesses|limitations)\b""",
    r"""\byour (?:[\w-]+ ){1,3}(?:must|should|shall|has to|have to)\b|\bsummar(?:y|ies) of this
    \s(?:work|paper|abstract) (?:must|should|shall|has to|have to)\b|<OPEN>(?:do not|don't
    |never) use
    \s(?:sources?|papers?|abstracts?)\b|<OPEN>attention all\b""",
    r"""<OPEN>(?:hide|conceal|omit|suppress|exclude|remove|leave out|withhold)\s(?:the|all|any
    |every)\s
    (?:other\s)?(?:sources?|papers?|abstracts?|ids?|citations?|users?|readers?)\b""",
    r"""<OPEN>(?:treat|consider|regard|trust|prefer|give|rank|rate|deem)\s(?:only\s)?(?:this
    |all other
    |any other|the other|every other|other)\s(?:sources?|papers?|documents?|abstracts?|articles?
    |works?)\b""",
    r"""<OPEN>(?:make sure|be sure|see to it)\s(?:that|to|the|every|all|your|you)\b""",
    r"""<OPEN>(?:send|forward|post|upload|e ?mail|leak)\s(?:the|this|all|any|every)\s(?:\w+\s){0,2}?
    (?:conversation|history|chat|questions?|prompts?|secrets?|keys?|passwords?)\b
    |<OPEN>(?:call|invoke|trigger)\s(?:the|a|your)\s(?:\w+\s)?(?:tool|function|plug ?in)\b""",
    # Cite this, with that id.
    r"""<OPEN>(?:(?:always|only)\s)?(?:cite|credit|attribute)\s(?:(?:it|this|that|them
    |everything|all|every|any|each|the|only|instead|claims?|sentences?|facts?|answers?|source|paper
    |as|to|with|number|id|marker)\s){0,6}(?:as\s|to\s|with\s)?(?:(?:source|reference|paper|id
    |number|marker)\b|us\b|our (?:work|paper|article)|this (?:paper|work|article|abstract|study)
    (?! (?:as|when|if))|[\[(【]\s?\d|\d+\b|everywhere|for every|for all|only this)""",
    r"""\b(?:cite|citing|citation|marker|with id|use (?:the )?id|source id|source number)s?
    \s?:?\s?[\[【(]{1,2}\s?\d{1,9}\s?[\])】]""",
    # Put a link, an image or a line there.
    r"""<OPEN>(?:add|include|insert|append|attach|put|embed|give|provide|show|display|render|paste
    |post|place|load|fetch|open|follow|click|print|output)\s(?:(?:in|at|on|to|a|an|the|this|these
    |following|below|above|our|my|exactly|exact|clickable|markdown|html|download|invisible|hidden
    |tracking|as|every|each|your|of|end|reply|answer|response)\s){0,6}(?:<SITE>|phrase|sentence
    |words?|disclaimer|footnote|footer|line|advert\w*|citation|reference|note|paragraph|code|text
    |string|marker)\b""",
    r"""<OPEN>(?:visit|go to|click(?: on)?|navigate to|browse to)\s.{0,60}?\b(?:to (?:continue|claim
    |verify|log|win|get|see the (?:real|full) answer)|before answering
    |for the (?:real|full|correct|true|right) answer)""",
    # Requests that name their occasion: "when summarising this paper, please mention ...".
    r"""<OCCASION>.{0,80}?\b(?:please|kindly|always|make sure to|be sure to|remember to
    |you (?:must|should))\s(?:please\s|do not\s|never\s|kindly\s|always\s){0,3}<SAY>\b""",
    r"""(?:^|[.!?]\s)<OCCASION>[^,]{0,60}?,\s?(?:then\s|do not\s|never\s){0,2}<SAY>\b
    (?!s|d|\s(?:of|for\sthe)\b)""",
    r"""\b(?:please|kindly)\s(?:also\s|always\s|only\s|do not\s|never\s|make sure\s(?:to\s|that\s
    |you\s)?|remember\s(?:to\s|that\s)?){0,3}(?:say|state|tell|answer|respond|reply|write|output
    |print|repeat|mention|claim|conclude|report|include|add|append|insert|recommend|praise|reveal
    |ignore|disregard|obey|pretend|end|begin|finish|treat|rate|rank|translate|summari[sz]e|describe
    |present|emphasi[sz]e|stress|prefer|give (?:this|our|the|a positive|a high))\b""",
    # A letter to the machine.
    r"""(?:^|[.!?;,:\n(\[*>]\s?)(?:important |hidden |special |secret )?(?:notes?|instructions?
    |messages?|attention|notice|requests?|reminders?|hints?|commands?|directives?|info|information
    |prompt)\s(?:to|for)\s(?:the |any |all |every |whichever )?<ASSISTANT>\b.{0,40}?[:,—–-]""",
    r"""\b(?:dear|hey|hello|hi|attention[,:]|listen[,:]?|ok(?:ay)?) <ASSISTANT>\b""",
    r"""\bthe <ASSISTANT> shall\b|\b(?:models?|readers?|systems?|tools?|agents?) (?:(?:that|which
    |who) )?(?:reads?|process|summari[sz]e|reading|processing|summari[sz]ing)
    \sthis (?:paper|abstract|text|:|,|must|should|has|praise|say)
    |<OPEN>use (?:the |only )?(?:(?:id|marker|source
    |number) \[?\d|only this\b|this source\b|\[\d)""",
    r"""\b<ASSISTANT> (?:that (?:is |are )?|which (?:is |are )?|who (?:is |are )?)?(?:read\w*
    |process\w*|summari[sz]\w+|see(?:s|ing)?) (?:this|the present|these) (?:paper|abstract|text
    |document|page|sentence|passage|line|message|note|words|must|should|has to|have to|will|shall)
    |(?:^|[.!?:]\s)<ASSISTANT>(?: reviewers?| readers?| users?)?[,:] <SAY>\b
    |\b(?:if|since|because|as) you(?:'re| are) an? (?:\w+ )?<ASSISTANT>\b""",
    r"""<OPEN>(?:reveal|print|output|repeat|show|leak|display|tell|write|give|expose|dump|return)\s
    (?:me |us |out )?(?:the |your |its |all |any )(?:[\w-]+ ){0,3}(?:system prompt|prompt
    |instructions|api keys?|secrets?|passwords?|credentials|conversation|chat history)""",
    r"""<OPEN>(?:decode|decrypt|execute|obey|run|carry out|follow|eval)\s(?:and\s\w+\s)?
    (?:the |this |these |that |all )?(?:following |above |below |hidden |encoded |secret
    |base\w{1,3} ){0,3}(?:instructions?|commands?|message|string|text|orders?|payload
    |base\w{1,3})\b""",
    # The marks of a chat, and those around our sources.
    r"""<\|[^<>|\n]{0,40}\b(?:im|start|end|system|user|assistant|header|eot|bos|eos|endoftext
    |channel)\b[^<>|\n]{0,40}\|>""",
    r"""\[/?inst\]|<</?sys>>|</?(?:system|assistant|human|sources?|evidence|instructions?
    |sources?[ -][\w ]{1,40})>|</(?:user|documents?|context|prompt)>""",
    r"""(?:^|[\n>\]]\s?|#{2,6}\s?)#{0,6}\s?(?:\*\*)?(?:system|assistant|user|human|developer)
    (?:\*\*)?(?: (?:prompt|message|note|override|instruction|notice|update|alert|response
    |reply))?(?:\*\*)?\s?:""",
    r"""#{2,6}\s?(?:new |system |your )?(?:instructions?|system|assistant|user|response|human|input
    |task|prompt|end|sources?)\b""",
    r"""^[-=*_<\[\s]{0,6}(?:begin |start |end )?(?:of )?(?:the |new ){0,2}system
    \s(?:message|prompt|instructions?|override|notice)s?[-=*_>\]\s:]{0,6}$""",
    r"""^source\s?:?\s?[\[(【]\s?[\w-]{1,12}\s?[\])】]""",
)
# These may begin within a word.
_ANYWHERE = (
    r"""(?:ignore|disregard|forget)(?:all|any|the|your|of){0,4}(?:previous|prior|above|earlier)
    (?:instruction|prompt|rule)""",
    # Two signs stand for a row of any length, which would be read again from each of them.
    r"""(?:[-=*_<\[]{2}\s?|^)(?:begin|end|start|close|stop)(?: of)?(?: the| all)? (?:sources?
    |evidence|context|documents?|prompt|system|untrusted|data|abstracts?|input)\b
    (?=\s?(?:[-=*_>\].:]|$))""",
    # What acts on a page.
    r"""<\s?/?(?:script|img|iframe|svg|object|embed|style|form|meta|base)\b|javascript\s?:
    |!\[[^\]\n]{0,200}\]\(""",
)
# What goes on giving orders where one was given; looser, because honest abstracts say these too.
_GOES_ON = (
    r"""(?:^|[.;:!?\n—–]\s?)[\s"'“”(\[*>-]{0,4}(?:(?:please|then|also|instead|finally|next|now|and
    |always|never|do not|don't|just|simply|after that|afterwards|so|in addition|additionally
    |thank you|remember)[,:]?\s?){0,4}(?:<SAY>|do|make|put|place|send|open|go|read|remember|forget
    |decode|act|be|keep|let|call|stop|trust|thank you|thanks|confirm
    |this is (?:an?\ order|important|mandatory))\b""",
    r"\b(?:you|your|yours|yourself)\b",
    r"https?:|\bwww\.|\[\s?\d+\s?\]|^(?:title|abstract|published|organisation)\s?:",
    r"\b(?:system prompt|instructions? (?:above|below|end)|end of instructions?)\b",
)
_LINE_BREAK = re.compile(r"\n\s*")
_PART = re.compile(r"<([A-Z]+)>")


def _any_of(kinds: Sequence[str]) -> str:
    """Line breaks in them do not count, <NAMES> stand for their parts."""
    filled = (_PART.sub(lambda name: _PARTS[name[1]], kind) for kind in kinds)
    return "|".join(_LINE_BREAK.sub("", f"(?:{kind})") for kind in filled)


# Not to try each kind within each word makes it twice as fast.
ORDERS = re.compile(rf"(?!\B\w)(?:{_any_of(_KINDS)})|{_any_of(_ANYWHERE)}", re.MULTILINE)
GOES_ON = re.compile(_any_of(_GOES_ON), re.MULTILINE)
# For text as it stands: these languages have letters that `undisguised` takes for others.
ORDERS_ELSEWHERE = re.compile(
    r"""\bignorier\w{0,4}\s(?:\w+\s){0,3}(?:vorherig|bisherig|obig|vorangegangen|früher)\w*
      | \bignore[zr]?\s(?:\w+\s){0,3}(?:instructions?|consignes?)\s(?:pré|ci-dessus|anté)
      | \bignor[ae]\w{0,3}\s(?:\w+\s){0,3}(?:instrucciones|instruções|istruzioni|indicaciones)\b
      | \b(?:игнорируй\w*|забудь\w*|не\sобращай\w*)\s(?:\w+\s){0,4}(?:инструкци|указани)
      | (?:忽略|无视|忽視|無視)[^。！？\n]{0,12}(?:指令|指示|提示|说明|規則|规则)
      | (?:以前|これまで|上記|前)の?[^。！？\n]{0,8}(?:指示|命令)[^。！？\n]{0,6}無視
      | (?:이전|위의)[^.\n]{0,10}(?:지시|명령)[^.\n]{0,8}무시
    """,
    re.VERBOSE | re.IGNORECASE,
)
