//! The pieces of JSON that come again in every ledger: names of members, words of the domain, and what stands around them.
//!
//! Chosen by how much they save in a large ledger. Packed events are kept on disk in snapshots: whoever changes anything here
//! raises the version of the status, and a test sees to it.

/// Written as one byte; with blanks between them.
pub(super) const SINGLE: &str = r#"
":" "}] {"title":" ","published":" ,"publisher":" https:// ","url":" ","type":"statement" ,"number":" organization-
","role":"investor"} mou ","number":" {"organization":"organization- ","type":"document" {"ref":" ,"words":"
","currency":" ,"qualifier":" ","titles":{" ,"outcome":" ","type":"note" {"with":{" ","review_on":" "},{"title":"
AG-20 "},"class":" occasion- ","zh":" statement ","ru":" ","en":" ../ "}]," {"fact":"
","type":"counterparty_letter" practical {"money":{" ","text":"
"#;

/// Written as two bytes; with blanks between them.
pub(super) const DOUBLE: &str = r#"
","words":" company ,"sectors":[{" ","role":"signatory"}] {"occasion":" package- ,"package":" parties
","role":"local_partner"}] ","type":"register" ","horizon":" document ,"reason":" exact ","country":" ,"on":" "}}
","v": ","now":{" ","data":{" ","place":" ","type":"authority_act" ,"published":" ","signatories":[{"
asked_nothing_new /.. meeting ","type":"site_visit" ","nature":"unknown"} "},"words":" ,"mode":"
","instrument":"mou" ,"horizon":" ,"quantity":{" "},"sources":[{" {"words":" {"officer":" news ","kind":"declared"
institutional unknown {"description":" register ","qualifier":"exact"} ","instrument":"contract" ,"nature":"
,"parties":[{" ","role":"signatory"} ","unit":" investor ","kind":"contributed" OR-20 ","names":{"
","role":"responsible"} other ","nature":"greenfield"} ","kind":"contracted" ","role":"owner"} ,"what":"
{"owner":{" instalment to_date ","kind":"estimated" promised "},"standing":" ","id":" "},"country":" ,"details":{"
agreed {"milestone":"site_identified" ":{" ","due":" visit no_answer ","kind":"realised" fable_register about
","body":{" {"milestone":"land_handed_over" ,"inferred":" ,"standing":" realised {"area":{" {"reason":"finance"
,"value":" ","unit":"ha" all agreement_registered ","version":" ","instrument":"protocol" OC-20 ,"names":{"
"},"place":" "attendance":[{" ","unit":"participants" ","theme":" ","roles":[{" ","role":"organiser"} ","party":{"
signed ","unit":"missions" ","instrument":"unknown" over ","zone":" ,"identifiers":[{" {"measure":"missions"
,"sources":[{" {"reason":"promoter_interest" ,"counterpart":{" "},"parcel":" PK-20 "},"occasion":" milestone
{"milestone":"feasibility_done" ,"due":" "},"role":" ","country":{" ","role":"counterpart"} at_least almost
","reason":" mission greenfield ","declared_counts":{" "},"sources": ","qualifier":"about"} ","nature":"unknown"
","type":"company" {"milestone":"residency_granted" {"place":" ","speaker":{" ","role":"speaker"}
expectation_stated nearly ,"body":{" "},"scope":" "declared_value":{" {"milestone":"capital_contributed" up_to
","type":"document"}] {"milestone":"land_allocated" ","instrument":"framework" agency contacted ,"investment":{"
"},"type":" ,"money":{" {"milestone":"financing_closed" {"milestone":"financial_model_agreed" ,"tenure":"
","type":"note"}] {"milestone":"joint_event_held" value_stated {"milestone":"work_plan_agreed"
{"milestone":"joint_body_set_up" ","qualifier":"almost"} ,"practical": ,"institutional": ","nature":"greenfield"
{"milestone":"feasibility_done"} ","qualifier":"over"} {"obstacle":" zone {"milestone":"contact_points_named"
,"text":" ","type":"counterparty_letter"}] ","unit":"jobs" {"measure":"floor_space"
":{"organization":"organization- ","type":"register"}] ","qualifier":"at_least"} ","inferred":" {"promise":"
{"measure":"jobs" ","type":"agency" {"legal_name":" "},"outcome":" milestone_reached
{"strength":"discussions_concluded" {"measure":"capacity" ","type":"company"} {"milestone":"in_force"
{"milestone":"company_incorporated" error ","qualifier":"nearly"} {"measure":"power" ","qualifier":"up_to"}
tale_register "},"form":" ","identifiers":[{" {"strength":"agreed" {"milestone":"expired" "},"zone":"
{"milestone":"site_identified"} lease {"milestone":"renewed" {"milestone":"data_exchange_started"
"},{"organization":" {"measure":"export_share" ","instrument":"declaration" {"milestone":"permits_granted"
","identifier":{" {"milestone":"works_started" ","since":" ","outcome":"kept" delivered ","quantity":{"
{"milestone":"contractor_engaged" "},"country":{" ","type":"authority_act"}] ","role":"shareholder"}]
{"signatories":[{" ","parent":" {"milestone":"residency_granted"} {"milestone":"contact_points_named"} presented
","type":"site_visit"}] ambiguous ","qualifier":"exact" ","charter_capital":{" signatory
{"milestone":"work_plan_agreed"} {"milestone":"utilities_connected" organised ","continues":{"
{"milestone":"vetted" {"milestone":"land_handed_over"} {"field":"nature" supported {"milestone":"showcased"
{"milestone":"joint_body_set_up"} {"field":"parties" list co_organised ","kind":"mission" ownership nature
","kind":"meeting" power {"milestone":"showcased"} spoke {"reason":"delivered" ","kind":"statement"
{"field":"sectors" {"field":"instrument" {"field":"declared_counts" ","type":"agency"} ","kind":"conference" use
responsible "},"inferred":" figure_stated {"declared_counts":{" ","kind":"session" land ","kind":"visit" {"theme":"
{"strength":"signed_off" {"milestone":"in_force"} ","shareholders":[{" {"strength":"discussions_concluded"}
{"milestone":"commercial_operation" {"type":"zone"} {"milestone":"expired"} financial_model_agreed ,"parent":"
{"reason":"environment" {"milestone":"renewed"} land_handed_over ,"shareholders":[{" {"strength":"agreed"}
{"reason":"incentive_terms" {"milestone":"vetted"} {"field":"attendance" {"reason":"other" {"reason":"inputs"
{"reason":"force_majeure" organization_registered land_allocated {"milestone":"equipment_ordered" {"field":"names"
","type":"note"} {"reason":"utilities" {"reason":"duplicate" {"claim":" ","type":"document"}
{"milestone":"contractor_engaged"} obstacle_raised ","form":" {"reason":"law_change" ","tenure":"use"}
","details":{" ","declared_counts": site_identified expansion {"reason":"permits"
{"milestone":"data_exchange_started"} ","tenure":"ownership"} {"reason":"superseded" {"reason":"infeasible_study"
{"milestone":"trial_production" {"milestone":"joint_event_held"} localisation ","tenure":"lease"}
{"strength":"signed_off"} {"reason":"investor_silent" {"reason":"counterpart_default"
{"milestone":"permits_granted"} {"milestone":"equipment_installed" package_registered {"parcel":"
","type":"register"} ","tenure":"ownership" ","tenure":"lease" {"milestone":"first_export"
{"instrument":"framework"} true feasibility_done claim_stated ","value":" {"reason":"error" residency_granted
promise_made owner ","tenure":"use" {"reason":"land" ","outcome":"superseded" {"milestone":"capital_contributed"}
unspecified ","type":"counterparty_letter"} ","outcome":"dropped" {"milestone":"utilities_connected"}
{"instrument":"unknown" {"instrument":"declaration"} occasion_registered {"milestone":"financing_closed"}
{"instrument":"contract"} joint_body_set_up contact_points_named construction ","qualifier":"about"
","investment":{" {"milestone":"commercial_operation"} {"instrument":"unknown"} {"instrument":"protocol"
counterpart capital_contributed "},"what":" ","type":"site_visit"} {"zone":" vetted preparation missions ,"shared":
"},"identifier":{" {"legal_name":{" company_incorporated ,"sources": "},"continues":{" ","qualifier":"up_to"
","qualifier":"almost" {"instrument":"framework" discussions_concluded "},"details":{" ","qualifier":"over"
","qualifier":"at_least" {"milestone":"trial_production"} {"milestone":"first_export"}
{"milestone":"equipment_installed"} {"instrument":"declaration" permits_granted joint_event_held jobs in_force
export_share ","shared": renewed floor_space expired ,"continues":{" ","type":"authority_act"}
{"reason":"promoter_interest"} {"instrument":"protocol"} financing_closed ","qualifier":"nearly"
{"reason":"duplicate"} {"instrument":"contract" work_plan_agreed signed_off instrument incentive_terms
data_exchange_started capacity {"reason":"investor_silent"} {"reason":"infeasible_study"}
{"reason":"force_majeure"} {"reason":"environment"} {"milestone":"equipment_ordered"} superseded showcased sectors
equipment_ordered declared_counts ","money":{" {"reason":"utilities"} {"reason":"other"} {"reason":"law_change"}
{"reason":"land"} {"instrument":"mou"} shareholder investor_silent environment contractor_engaged
{"reason":"superseded"} {"reason":"permits"} {"reason":"inputs"} {"reason":"incentive_terms"} {"reason":"finance"}
{"instrument":"mou" works_started utilities_connected trial_production promoter_interest permits names law_change
infeasible_study force_majeure finance duplicate commercial_operation ","nature":"preparation" ","data":
,"additional": ,"agency": ,"agreement": ,"align": ,"amount": ,"as_of": ,"backup": ,"block": ,"blocks": ,"cited":
,"closing": ,"code": ,"columns": ,"commit": ,"complete": ,"context": ,"conversions": ,"criterion": ,"definition":
,"definitions": ,"demonstration": ,"document_sha256": ,"event": ,"evidence": ,"file": ,"footnotes": ,"heading":
,"import": ,"isic": ,"items": ,"kept_as": ,"known_at": ,"label": ,"labels": ,"language": ,"languages": ,"ledger":
,"length": ,"lines": ,"locator": ,"manifest": ,"mark": ,"marks": ,"media": ,"milestones": ,"min_level":
,"min_model": ,"name": ,"needs": ,"new_key": ,"new_signature": ,"notes": ,"offset": ,"old_key": ,"old_signature":
,"origin": ,"parameters": ,"parts": ,"policy": ,"policy_sha256": ,"position": ,"program": ,"quote": ,"read_models":
,"recorded": ,"relation": ,"remark": ,"report": ,"report_version": ,"restored_from": ,"retracted":
,"review_every_days": ,"review_interval_days": ,"review_tier": ,"review_tiers": ,"root": ,"rows": ,"scheme":
"#;
