use super::*;

const DONOR: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Description: A baseline.

Parameters:
  NamePrefix:
    Type: String
    Default: baseline

  # Who is told.
  Email:
    Type: String
    AllowedPattern: "^.+@.+$"

Mappings:
  Days:
    short:
      keep: 7

Conditions:
  HasEmail: !Not [!Equals [!Ref Email, ""]]
  Unused: !Equals [!Ref NamePrefix, x]

Resources:
  # All of the trail.

  # Control trail.
  Trail:
    Type: AWS::CloudTrail::Trail
    DependsOn: BucketPolicy # first
    Properties:
      TrailName: !Sub ${NamePrefix}-trail
      S3BucketName: !Ref Bucket
      # Encrypted.
      KMSKeyId: !GetAtt Key.Arn
      Tags: [{Key: a, Value: "1"}]

  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${NamePrefix}-${AWS::AccountId}-${!x}"

  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: !Sub
        - ${Bucket.Arn}/${Prefix}/${Days}
        - Prefix: !Ref NamePrefix
          Days: !FindInMap [Days, short, keep]

  Key:
    Type: AWS::KMS::Key
    Condition: HasEmail
    Properties:
      Description: !Sub The key of ${NamePrefix}
      Code: !If
        - HasEmail
        - |
          line 1
            line 2 # no comment
        - !Ref AWS::NoValue
"#;

fn donor() -> Donor {
    Donor::new(DONOR).unwrap()
}

fn request<'a>(resources: &[&str], target: Option<&'a SourceFile>) -> GraftRequest<'a> {
    GraftRequest { resources: resources.iter().map(|&name| name.to_owned()).collect(), target, ..Default::default() }
}

fn prefix() -> (String, Node) {
    ("NamePrefix".to_owned(), Node::text("acme"))
}

#[test]
fn a_new_template_reads_like_the_donor() {
    let graft = donor().graft(&request(&["Trail"], None)).unwrap();
    let expected = DONOR
        .replace("  Unused: !Equals [!Ref NamePrefix, x]\n", "")
        .replace("{Key: a, Value: \"1\"}", "{ Key: a, Value: \"1\" }");
    assert_eq!(graft.new_text.unwrap(), expected);
    assert_eq!(graft.added, ["Trail", "Bucket", "BucketPolicy", "Key"]);
    assert!(graft.renamed.is_empty() && graft.edits.is_empty());
}

#[test]
fn values_stand_in_place_of_parameters() {
    let mut request = request(&["Bucket", "BucketPolicy"], None);
    request.values = [prefix()].into();
    let text = donor().graft(&request).unwrap().new_text.unwrap();
    assert!(!text.contains("Parameters:"), "{text}");
    assert!(text.contains("BucketName: !Sub \"acme-${AWS::AccountId}-${!x}\"\n"), "{text}");
    assert!(
        text.contains("        - ${Bucket.Arn}/acme/${Days}\n        - Days: !FindInMap [Days, short, keep]\n"),
        "{text}"
    );
    request.resources = vec!["Key".to_owned()];
    request.omit = vec![("Key".to_owned(), vec!["Code".to_owned()])];
    request.values =
        [("NamePrefix".to_owned(), Node::reference("Team")), ("Email".to_owned(), Node::text("a@b.c"))].into();
    let text = donor().graft(&request).unwrap().new_text.unwrap();
    assert!(text.ends_with("      Description: !Sub The key of ${Team}\n"), "{text}");
    assert!(text.contains("HasEmail: !Not [!Equals [a@b.c, \"\"]]\n"), "{text}");
    request.values.insert("NamePrefix".to_owned(), Node::text("acme"));
    let text = donor().graft(&request).unwrap().new_text.unwrap();
    assert!(text.ends_with("      Description: The key of acme\n"), "{text}");
}

#[test]
fn what_is_given_does_not_come() {
    let target = file(
        "Resources:\n  Logs:\n    Type: AWS::S3::Bucket # mine\n  Trail:\n    Type: AWS::CloudTrail::Trail\n# end\n",
    );
    let mut request = request(&["BucketPolicy"], Some(&target));
    request.given = [("Bucket".to_owned(), "Logs".to_owned())].into();
    request.values = [prefix()].into();
    request.expressions =
        vec![("Trail".to_owned(), vec!["S3BucketName".to_owned()]), ("Trail".to_owned(), vec!["TrailName".to_owned()])];
    let graft = donor().graft(&request).unwrap();
    assert_eq!(graft.expressions, [Node::reference("Logs"), Node::text("acme-trail")]);
    assert_eq!(
        apply(target.text(), &graft.edits).unwrap(),
        "\
Mappings:
  Days:
    short:
      keep: 7

Resources:
  Logs:
    Type: AWS::S3::Bucket # mine
  Trail:
    Type: AWS::CloudTrail::Trail
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument: !Sub
        - ${Logs.Arn}/acme/${Days}
        - Days: !FindInMap [Days, short, keep]
# end
"
    );
}

#[test]
fn names_that_are_taken_are_changed_everywhere() {
    let target = file(
        "Parameters:\n    Key:\n        Type: String\n\nConditions:\n    HasEmail: !Equals [a, !Ref Key]\n\nResources:\n    Trail:\n        Type: A::B::C\n        Properties:\n            L:\n            - x\n",
    );
    let mut request = request(&["Trail"], Some(&target));
    request.given =
        [("Bucket".to_owned(), "Logs".to_owned()), ("BucketPolicy".to_owned(), "LogsPolicy".to_owned())].into();
    request.values = [prefix()].into();
    let graft = donor().graft(&request).unwrap();
    assert_eq!(graft.added, ["BaselineTrail", "BaselineKey"]);
    assert_eq!(graft.renamed.get("HasEmail").map(String::as_str), Some("BaselineHasEmail"));
    assert_eq!(
        apply(target.text(), &graft.edits).unwrap(),
        r#"Parameters:
    Key:
        Type: String

    # Who is told.
    Email:
        Type: String
        AllowedPattern: "^.+@.+$"

Conditions:
    HasEmail: !Equals [a, !Ref Key]

    BaselineHasEmail: !Not [!Equals [!Ref Email, ""]]

Resources:
    Trail:
        Type: A::B::C
        Properties:
            L:
            - x

    # All of the trail.

    # Control trail.
    BaselineTrail:
        Type: AWS::CloudTrail::Trail
        DependsOn: LogsPolicy # first
        Properties:
            TrailName: acme-trail
            S3BucketName: !Ref Logs
            # Encrypted.
            KMSKeyId: !GetAtt BaselineKey.Arn
            Tags: [{ Key: a, Value: "1" }]

    BaselineKey:
        Type: AWS::KMS::Key
        Condition: BaselineHasEmail
        Properties:
            Description: The key of acme
            Code: !If
                - BaselineHasEmail
                - |
                  line 1
                    line 2 # no comment
                - !Ref AWS::NoValue
"#
    );
}

#[test]
fn json_gets_json() {
    let target = file("{\n  \"Resources\": {\n    \"A\": {\n      \"Type\": \"A::B::C\"\n    }\n  }\n}\n");
    let mut request = request(&["Key"], Some(&target));
    request.omit = vec![("Key".to_owned(), vec!["Description".to_owned()])];
    let graft = donor().graft(&request).unwrap();
    assert_eq!(
        apply(target.text(), &graft.edits).unwrap(),
        r#"{
  "Parameters": {
    "Email": {
      "Type": "String",
      "AllowedPattern": "^.+@.+$"
    }
  },
  "Conditions": {
    "HasEmail": {
      "Fn::Not": [
        {
          "Fn::Equals": [
            {
              "Ref": "Email"
            },
            ""
          ]
        }
      ]
    }
  },
  "Resources": {
    "A": {
      "Type": "A::B::C"
    },
    "Key": {
      "Type": "AWS::KMS::Key",
      "Condition": "HasEmail",
      "Properties": {
        "Code": {
          "Fn::If": [
            "HasEmail",
            "line 1\n  line 2 # no comment\n",
            {
              "Ref": "AWS::NoValue"
            }
          ]
        }
      }
    }
  }
}
"#
    );
}

#[test]
fn comments_stay_with_the_resources_of_the_target() {
    let target = file(
        "# about\nDescription: x\n\n# what follows\nResources:\n  A: { Type: A::B::C }\nOutputs:\n  O: { Value: 1 }\n",
    );
    let mut request = request(&[], Some(&target));
    request.expressions = vec![("Trail".to_owned(), vec!["TrailName".to_owned()])];
    let graft = donor().graft(&request).unwrap();
    assert_eq!(
        apply(target.text(), &graft.edits).unwrap(),
        target
            .text()
            .replace("# what", "Parameters:\n  NamePrefix:\n    Type: String\n    Default: baseline\n\n# what")
    );
}

#[test]
fn a_graft_twice_comes_under_other_names() {
    let request = request(&["Trail"], None);
    let first = file(&donor().graft(&request).unwrap().new_text.unwrap());
    let second = donor().graft(&GraftRequest { target: Some(&first), ..request }).unwrap();
    let after = file(&apply(first.text(), &second.edits).unwrap());
    let third = donor().graft(&super::graft::request(&["Trail"], Some(&after))).unwrap();
    assert_eq!(third.renamed.get("Trail").map(String::as_str), Some("BaselineTrail2"));
    assert_eq!(second.renamed.len(), 8);
}

#[test]
fn names_that_are_not_there_are_errors() {
    let error = donor().graft(&request(&["Nothing"], None)).unwrap_err();
    assert_eq!(error.to_string(), "the baseline has no Nothing");
    let mut request = request(&[], None);
    request.omit = vec![("Key".to_owned(), vec!["X".to_owned()])];
    assert_eq!(donor().graft(&request).unwrap_err(), EditError::NotInDonor("Key.X".into()));
    assert_eq!(donor().node("Key", &["Code"]).map(|node| matches!(node.content, Content::Intrinsic(..))), Some(true));
    assert_eq!(Donor::new("a: [").unwrap_err(), EditError::Unreadable);
}
